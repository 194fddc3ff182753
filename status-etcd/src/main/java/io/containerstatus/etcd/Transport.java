package io.containerstatus.etcd;

import io.grpc.ManagedChannelBuilder;
import java.util.List;
import reactor.core.publisher.Mono;

/** How the members of a cluster are reached. */
interface Transport {

    /** Returns the members, in the order in which they are tried. */
    List<Member> members();

    /** Gives up what the channels share, once they are closed. */
    Mono<Void> close();

    /**
     * One member.
     *
     * @param name for messages
     * @param channel what its channel is built with
     */
    record Member(String name, ManagedChannelBuilder<?> channel) {}
}
