/** Durable checkpoint files of container statuses. */
@SuppressWarnings("module") // The store's module is compiled after this one.
module io.containerstatus.fs {
    requires transitive io.containerstatus.core;
    requires transitive reactor.core;

    exports io.containerstatus.fs;
    exports io.containerstatus.fs.internal to
            io.containerstatus.reactive;
}
