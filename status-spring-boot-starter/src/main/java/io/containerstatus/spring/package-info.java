/**
 * Spring Boot 4: a store or a follower from properties, with health, metrics, an endpoint, answers to failures, and the
 * right order at shutdown. {@code docs/services.md} describes it.
 *
 * <p>Every bean steps back for one of the same type that the application defines.
 */
@NullMarked
package io.containerstatus.spring;

import org.jspecify.annotations.NullMarked;
