/**
 * The starter for Spring Boot 4. It creates a store or a follower from properties, with health, metrics, an
 * endpoint, problem details for failures, and the right order at shutdown. {@code docs/services.md} describes it.
 *
 * <p>A bean of the starter backs off if the application defines one of the same type.
 */
@NullMarked
package io.containerstatus.spring;

import org.jspecify.annotations.NullMarked;
