/**
 * Tools for the tests of users: checkpoints in memory, a manual scheduler, and the contract of an adapter.
 */
module io.containerstatus.test {
    requires transitive io.containerstatus.core;
    requires transitive org.junit.jupiter.api;
    requires transitive reactor.core;
    requires org.assertj.core;
    requires reactor.test;

    exports io.containerstatus.test;

    // JUnit calls the contract's tests, which are not public.
    opens io.containerstatus.test to
            org.junit.platform.commons;
}
