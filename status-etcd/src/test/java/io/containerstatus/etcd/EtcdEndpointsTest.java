package io.containerstatus.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.containerstatus.etcd.EtcdEndpoints.Endpoint;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EtcdEndpointsTest {
    @Test
    void theirOrderIsKept() {
        EtcdEndpoints endpoints = EtcdEndpoints.of("http://b:1", "http://a", "http://[::1]:3/");

        assertThat(endpoints.list())
                .containsExactly(new Endpoint("b", 1), new Endpoint("a", 2379), new Endpoint("[::1]", 3));
        assertThat(endpoints.secure()).isFalse();
        assertThat(endpoints).hasToString("[b:1, a:2379, [::1]:3]");
    }

    @Test
    void httpsIsSecure() {
        assertThat(EtcdEndpoints.of("https://a", "https://b").secure()).isTrue();
    }

    @Test
    void eitherAllAreSecureOrNone() {
        assertThatIllegalArgumentException().isThrownBy(() -> EtcdEndpoints.of("https://a", "http://b"));
    }

    @Test
    void thereIsOneAtLeast() {
        assertThatIllegalArgumentException().isThrownBy(() -> EtcdEndpoints.of(List.of()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a:1", "ftp://a", "http://", "http://a/path", "http://a?q", "http://a#f", "http://u@a"})
    void anotherFormIsRefused(String url) {
        assertThatIllegalArgumentException().isThrownBy(() -> EtcdEndpoints.of(url));
    }
}
