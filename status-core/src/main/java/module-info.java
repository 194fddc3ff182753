/**
 * The model of a container's status, its transitions, its codec, and the port to durable storage. This module does no
 * I/O and starts no threads.
 */
module io.containerstatus.core {
    requires transitive org.jspecify;
    requires transitive org.reactivestreams;
    requires tools.jackson.core;
    // Needed only by StatusJacksonModule. It cannot be optional: a module cannot provide a service whose type
    // is in an absent module.
    requires transitive tools.jackson.databind;

    exports io.containerstatus;
    exports io.containerstatus.json;
    exports io.containerstatus.spi;

    provides tools.jackson.databind.JacksonModule with
            io.containerstatus.json.StatusJacksonModule;
}
