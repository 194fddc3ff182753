/** The metrics of a store, of a follower and of a fleet as Micrometer meters. */
module io.containerstatus.micrometer {
    requires transitive io.containerstatus.fs;
    requires transitive io.containerstatus.reactive;
    requires transitive micrometer.core;
    requires static transitive io.containerstatus.etcd;

    exports io.containerstatus.micrometer;
}
