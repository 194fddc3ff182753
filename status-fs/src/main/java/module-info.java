/** Durable files of container statuses, and a follower of files that another process writes. */
@SuppressWarnings("module") // The modules that this one exports to are compiled after it.
module io.containerstatus.fs {
    requires transitive io.containerstatus.core;
    requires transitive reactor.core;

    exports io.containerstatus.fs;
    exports io.containerstatus.fs.internal to
            io.containerstatus.etcd,
            io.containerstatus.reactive;
}
