/** Durable checkpoint files of container statuses. */
module io.containerstatus.fs {
    requires transitive io.containerstatus.core;
    requires transitive reactor.core;

    exports io.containerstatus.fs;
}
