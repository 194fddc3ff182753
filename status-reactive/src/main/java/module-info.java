/** The reactive store of container statuses. */
module io.containerstatus.reactive {
    requires transitive io.containerstatus.core;
    requires io.containerstatus.fs;
    requires transitive reactor.core;

    exports io.containerstatus.reactive;
    exports io.containerstatus.reactive.json;

    provides tools.jackson.databind.JacksonModule with
            io.containerstatus.reactive.json.StoreJacksonModule;
}
