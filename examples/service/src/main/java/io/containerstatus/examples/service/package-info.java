/**
 * The agent of a node as a service of Spring Boot. It owns a root and runs processes, or it follows the root
 * of a containerd. It shows either in a browser. First read
 * {@link io.containerstatus.examples.service.NodeController} and
 * {@link io.containerstatus.examples.service.ProcessController}, which are the API. Then read
 * {@link io.containerstatus.examples.service.RequestGuard}, which decides who may use it.
 */
@NullMarked
package io.containerstatus.examples.service;

import org.jspecify.annotations.NullMarked;
