/** A process supervisor on the public API of the container status store. */
module io.containerstatus.examples {
    requires io.containerstatus.fs;
    requires transitive io.containerstatus.reactive;
    requires transitive reactor.core;

    exports io.containerstatus.examples;
}
