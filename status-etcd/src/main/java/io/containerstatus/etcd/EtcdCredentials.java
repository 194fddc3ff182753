package io.containerstatus.etcd;

import java.util.function.Supplier;

/**
 * The user that the client authenticates as.
 *
 * @param password called each time that a new token is needed
 */
record EtcdCredentials(String user, Supplier<String> password) {}
