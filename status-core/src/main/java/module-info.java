/** The model, transitions and codec of a container's status: no I/O, no threads. */
module io.containerstatus.core {
    requires transitive org.jspecify;
    requires transitive org.reactivestreams;
    requires tools.jackson.core;

    exports io.containerstatus;
    exports io.containerstatus.spi;
}
