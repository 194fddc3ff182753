/** The metrics of a store and of a follower as meters of Micrometer. */
module io.containerstatus.micrometer {
    requires transitive io.containerstatus.fs;
    requires transitive io.containerstatus.reactive;
    requires transitive micrometer.core;

    exports io.containerstatus.micrometer;
}
