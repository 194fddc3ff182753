/**
 * Container statuses on etcd. gRPC and protobuf are automatic modules, so no runtime image can be linked with
 * this module.
 */
module io.containerstatus.etcd {
    requires transitive io.containerstatus.core;
    requires transitive io.containerstatus.reactive;
    requires transitive reactor.core;
    requires com.google.common;
    requires com.google.protobuf;
    requires io.containerstatus.fs;
    requires io.grpc;
    requires io.grpc.netty.shaded;
    requires io.grpc.protobuf;
    requires io.grpc.stub;
    requires tools.jackson.core;

    exports io.containerstatus.etcd;
}
