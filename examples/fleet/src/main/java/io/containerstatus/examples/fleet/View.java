package io.containerstatus.examples.fleet;

import io.containerstatus.ContainerChange;
import io.containerstatus.StatusException;
import io.containerstatus.etcd.EtcdEndpoints;
import io.containerstatus.etcd.FleetChange;
import io.containerstatus.etcd.FleetEvent;
import io.containerstatus.etcd.FleetFollower;
import io.containerstatus.etcd.FleetNotice;
import io.containerstatus.etcd.FleetView;
import io.containerstatus.etcd.NodeChange;
import io.containerstatus.examples.StatusLine;
import java.util.Objects;
import reactor.core.publisher.Mono;

/** Prints all nodes on a terminal, one line for each change. */
final class View {
    private View() {}

    /** Prints the existing containers and nodes, then the changes. Never completes. */
    static Mono<Void> print(EtcdEndpoints endpoints) {
        return Mono.usingWhen(
                Mono.fromSupplier(
                        () -> FleetFollower.builder(endpoints, Main.PREFIX).build()),
                fleet -> fleet.events(FleetView.all())
                        .doOnNext(event -> System.out.println(line(event)))
                        .then(),
                FleetFollower::close);
    }

    static String line(FleetEvent event) {
        if (event instanceof NodeChange change) {
            NodeChange.Owner owner = change.owner();
            String text = owner == null ? "no owner" : "owned by process " + owner.pid();
            return new StatusLine(change.node(), null, text).toString();
        }
        if (event instanceof FleetChange change) {
            return line(change.node() + "/" + change.id(), change).toString();
        }
        FleetNotice notice = (FleetNotice) event;
        return notice.kind() + " " + notice.reason();
    }

    private static StatusLine line(String name, FleetChange change) {
        if (change.kind() == ContainerChange.Kind.DELETED) {
            return StatusLine.gone(name); // Its last status may never have been readable.
        }
        StatusException failure = change.failure();
        if (failure != null) {
            return StatusLine.unusable(name, failure);
        }
        return StatusLine.of(name, Objects.requireNonNull(change.current()));
    }
}
