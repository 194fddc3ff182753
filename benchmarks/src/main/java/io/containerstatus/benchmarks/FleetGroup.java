package io.containerstatus.benchmarks;

import java.util.List;

/**
 * Statuses on etcd: durable updates, compared with a bare loop of the same transactions, and a large fleet
 * that is followed. Each part is a group that can be measured alone. All parts report under {@link #NAME},
 * and need a real etcd.
 */
record FleetGroup(String name, Measurement measurement) implements Group {
    static final String NAME = "fleet";

    static final List<FleetGroup> PARTS = List.of(
            new FleetGroup("fleet-updates", FleetUpdates::measure), new FleetGroup("fleet-size", FleetSize::measure));

    /** Measures one part, with this etcd. */
    @FunctionalInterface
    interface Measurement {
        void in(Run run, EtcdServers.Program etcd) throws Exception;
    }

    @Override
    public void measure(Run run) throws Exception {
        EtcdServers.Program etcd = EtcdServers.Program.find();
        if (etcd == null) {
            run.remark(
                    NAME,
                    "Not measured: " + name
                            + " needs an etcd. There is none on the PATH, and -Dstatus.etcd does not name one.");
            return;
        }
        measurement.in(run, etcd);
    }
}
