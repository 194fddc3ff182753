/** Supervisors of several nodes on one etcd, and a view of all of them. */
module io.containerstatus.examples.fleet {
    requires io.containerstatus.etcd;
    requires io.containerstatus.examples;
}
