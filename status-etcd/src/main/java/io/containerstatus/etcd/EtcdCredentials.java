package io.containerstatus.etcd;

import java.util.function.Supplier;

/**
 * Who the client is for etcd.
 *
 * @param password asked for each time that a token is needed
 */
record EtcdCredentials(String user, Supplier<String> password) {}
