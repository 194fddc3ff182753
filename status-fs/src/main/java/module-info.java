/** Durable checkpoint files of container statuses. */
@SuppressWarnings("module") // The modules that it exports to are compiled after this one.
module io.containerstatus.fs {
    requires transitive io.containerstatus.core;
    requires transitive reactor.core;

    exports io.containerstatus.fs;
    exports io.containerstatus.fs.internal to
            io.containerstatus.etcd,
            io.containerstatus.reactive;
}
