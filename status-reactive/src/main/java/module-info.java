/** The reactive store of container statuses. */
module io.containerstatus.reactive {
    requires transitive io.containerstatus.core;
    requires io.containerstatus.fs;
    requires transitive reactor.core;

    exports io.containerstatus.reactive;
}
