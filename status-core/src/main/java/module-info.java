/** The model, transitions and codec of a container's status: no I/O, no threads. */
module io.containerstatus.core {
    requires transitive org.jspecify;
    requires transitive org.reactivestreams;
    requires tools.jackson.core;
    // For the mapper's module only. It cannot be optional: a module cannot provide a service of one that is absent.
    requires transitive tools.jackson.databind;

    exports io.containerstatus;
    exports io.containerstatus.json;
    exports io.containerstatus.spi;

    provides tools.jackson.databind.JacksonModule with
            io.containerstatus.json.StatusJacksonModule;
}
