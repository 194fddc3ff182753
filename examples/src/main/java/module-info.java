/** A process supervisor on the public API of the container status store. */
module io.containerstatus.examples {
    requires io.containerstatus.fs;
    requires io.containerstatus.reactive;
}
