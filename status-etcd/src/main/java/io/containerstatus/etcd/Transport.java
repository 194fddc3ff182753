package io.containerstatus.etcd;

import io.grpc.ManagedChannelBuilder;
import java.io.IOException;
import java.util.List;
import reactor.core.publisher.Mono;

/** Reaches the members of a cluster. */
interface Transport {

    /** Returns the members, in the order in which they are tried. */
    List<Member> members();

    /** Releases the resources that the channels share, after the channels were closed. */
    Mono<Void> close();

    /** Creates the transport when it is first needed. */
    interface Connector {
        /**
         * Creates the transport. Connects to nothing yet, but may block. Fails if a file of the TLS settings
         * cannot be read.
         */
        Transport connect() throws IOException;
    }

    /**
     * One member.
     *
     * @param name the name in messages
     * @param channel the builder of its channel
     */
    record Member(String name, ManagedChannelBuilder<?> channel) {}
}
