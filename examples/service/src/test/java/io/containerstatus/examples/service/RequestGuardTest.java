package io.containerstatus.examples.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.junit.jupiter.api.Assumptions.abort;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.http.server.reactive.MockServerHttpResponse;
import org.springframework.mock.web.server.MockServerWebExchange;
import reactor.core.publisher.Mono;

class RequestGuardTest {
    private static final String HOST = "localhost:8080";

    private static InetAddress address(String text) {
        try {
            return InetAddress.getByName(text);
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    private static MockServerHttpRequest.BaseBuilder<?> request(HttpMethod method, String host) {
        return MockServerHttpRequest.method(method, "/containers/web").header("Host", host);
    }

    /** Returns the answer; OK means that the request was passed on. */
    private static HttpStatusCode answer(RequestGuard guard, MockServerHttpRequest.BaseBuilder<?> request) {
        HttpStatusCode status = exchanged(guard, request).getStatusCode();
        return status == null ? HttpStatus.OK : status;
    }

    private static MockServerHttpResponse exchanged(RequestGuard guard, MockServerHttpRequest.BaseBuilder<?> request) {
        MockServerWebExchange exchange = MockServerWebExchange.from(request);
        AtomicBoolean passed = new AtomicBoolean();
        guard.filter(exchange, passedOn -> Mono.fromRunnable(() -> passed.set(true)))
                .block();
        assertThat(passed.get()).isEqualTo(exchange.getResponse().getStatusCode() == null);
        return exchange.getResponse();
    }

    @Nested
    class OnLoopback {
        private final RequestGuard guard = new RequestGuard(address("127.0.0.1"), null, List.of("node-1"));

        @ParameterizedTest
        @ValueSource(strings = {"GET", "PUT", "POST", "DELETE"})
        void aProgramMayDoAll(String method) {
            assertThat(answer(guard, request(HttpMethod.valueOf(method), HOST))).isEqualTo(HttpStatus.OK);
        }

        @ParameterizedTest
        @ValueSource(strings = {"PUT", "POST", "DELETE", "PATCH"})
        void aPageOfAnotherOriginMayChangeNothing(String method) {
            for (String site : new String[] {"cross-site", "same-site"}) {
                assertThat(answer(
                                guard, request(HttpMethod.valueOf(method), HOST).header("Sec-Fetch-Site", site)))
                        .isEqualTo(HttpStatus.FORBIDDEN);
                assertThat(answer(
                                guard,
                                request(HttpMethod.valueOf(method), HOST)
                                        .header("Sec-Fetch-Site", site)
                                        .header("Sec-Fetch-Mode", "navigate")))
                        .isEqualTo(HttpStatus.FORBIDDEN);
            }
        }

        /** An old browser says the origin only. */
        @ParameterizedTest
        @ValueSource(
                strings = {"http://evil.example", "http://localhost:3000", "http://localhost", "null", "no origin", ""})
        void anotherOriginMayDoNothing(String origin) {
            for (HttpMethod method : new HttpMethod[] {HttpMethod.GET, HttpMethod.POST}) {
                assertThat(answer(guard, request(method, HOST).header("Origin", origin)))
                        .isEqualTo(HttpStatus.FORBIDDEN);
            }
        }

        @Test
        void thePageOfThisServiceMayDoAll() {
            assertThat(answer(
                            guard,
                            request(HttpMethod.DELETE, HOST)
                                    .header("Origin", "http://localhost:8080")
                                    .header("Sec-Fetch-Site", "same-origin")))
                    .isEqualTo(HttpStatus.OK);
        }

        @Test
        void aPageOfAnotherOriginMayReadNothingButBeLeftForThisOne() {
            assertThat(answer(guard, request(HttpMethod.GET, HOST).header("Sec-Fetch-Site", "cross-site")))
                    .isEqualTo(HttpStatus.FORBIDDEN);
            assertThat(answer(
                            guard,
                            request(HttpMethod.GET, HOST)
                                    .header("Sec-Fetch-Site", "cross-site")
                                    .header("Sec-Fetch-Mode", "navigate")))
                    .isEqualTo(HttpStatus.OK);
        }

        /** The page of such a name has the origin of this service, if the name leads here. */
        @ParameterizedTest
        @ValueSource(strings = {"evil.example", "evil.example:8080", "127.0.0.1.evil.example:8080", "10.0.0.1:8080"})
        void aForeignNameLeadsNowhere(String host) {
            assertThat(answer(guard, request(HttpMethod.GET, host).header("Origin", "http://" + host)))
                    .isEqualTo(HttpStatus.MISDIRECTED_REQUEST);
        }

        @ParameterizedTest
        @ValueSource(
                strings = {"localhost", "localhost:8080", "LOCALHOST", "127.0.0.1:8080", "[::1]:8080", "node-1:8080"})
        void theNamesOfTheLoopbackAndTheGivenOnesLeadHere(String host) {
            assertThat(answer(guard, request(HttpMethod.POST, host).header("Origin", "http://" + host)))
                    .isEqualTo(HttpStatus.OK);
        }

        @Test
        void anotherAddressOfTheLoopbackLeadsHereIfTheServiceListensThere() {
            assertThat(answer(guard, request(HttpMethod.GET, "127.9.9.9:8080")))
                    .isEqualTo(HttpStatus.MISDIRECTED_REQUEST);
            assertThat(answer(
                            new RequestGuard(address("127.9.9.9"), null, List.of()),
                            request(HttpMethod.GET, "127.9.9.9:8080")))
                    .isEqualTo(HttpStatus.OK);
        }

        @Test
        void aRequestWithoutANameLeadsNowhere() {
            assertThat(answer(guard, MockServerHttpRequest.get("/"))).isEqualTo(HttpStatus.MISDIRECTED_REQUEST);
        }
    }

    /** On another address than loopback. */
    @Nested
    class Elsewhere {
        private final RequestGuard guard =
                new RequestGuard(address("0.0.0.0"), "secret", List.of("node-1", "Node-1.Example"));

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "10.0.0.1",
                    "10.0.0.1:8080",
                    "127.0.0.1:8080",
                    "[::1]",
                    "[2001:DB8::1]:8080",
                    "[::ffff:10.0.0.1]",
                    "localhost:8080",
                    "node-1",
                    "NODE-1:8080",
                    "node-1.example:8080"
                })
        void anAddressAndTheNamesOfTheMachineLeadHere(String host) {
            assertThat(answer(guard, request(HttpMethod.GET, host).header("Origin", "http://" + host)))
                    .isEqualTo(HttpStatus.OK);
        }

        @Test
        void theNameThatTheMachineHasForItselfLeadsHere() {
            assertThat(answer(guard, request(HttpMethod.GET, machine() + ":8080")))
                    .isEqualTo(HttpStatus.OK);
        }

        private static String machine() {
            try {
                return InetAddress.getLocalHost().getHostName();
            } catch (UnknownHostException e) {
                return abort("the name of this machine does not resolve");
            }
        }

        /** The page of such a name has the origin of this service, if the name leads here. */
        @ParameterizedTest
        @ValueSource(
                strings = {
                    "evil.example", "evil.example:8080", "node-1.evil.example", "10.0.0.1.evil.example:8080",
                    "evil.10.0.0.1", "10.0.0.1.", "[evil]:8080", ""
                })
        void aForeignNameLeadsNowhere(String host) {
            assertThat(answer(guard, request(HttpMethod.GET, host).header("Origin", "http://" + host)))
                    .isEqualTo(HttpStatus.MISDIRECTED_REQUEST);
        }

        @Test
        void aRequestWithoutANameLeadsNowhere() {
            MockServerHttpResponse response = exchanged(guard, MockServerHttpRequest.get("/"));

            assertThat(response.getStatusCode()).isEqualTo(HttpStatus.MISDIRECTED_REQUEST);
            assertThat(response.getBodyAsString().block())
                    .contains("\"status\":421", "not known to be this machine; the option --host adds a name");
        }
    }

    @Nested
    class WithAToken {
        private final RequestGuard elsewhere = new RequestGuard(address("0.0.0.0"), "secret", List.of("node-1"));

        @Test
        void changesNeedIt() {
            MockServerHttpResponse response = exchanged(elsewhere, request(HttpMethod.DELETE, "node-1:8080"));
            assertThat(response.getStatusCode()).isEqualTo(HttpStatus.UNAUTHORIZED);
            // The page shows the detail.
            assertThat(response.getBodyAsString().block()).contains("\"detail\":\"this request needs the token\"");
            for (String wrong : new String[] {"Bearer ", "Bearer secre", "Bearer secrets", "secret", "Basic secret"}) {
                assertThat(answer(
                                elsewhere,
                                request(HttpMethod.DELETE, "node-1:8080").header("Authorization", wrong)))
                        .isEqualTo(HttpStatus.UNAUTHORIZED);
            }
            assertThat(answer(
                            elsewhere,
                            request(HttpMethod.DELETE, "node-1:8080").header("Authorization", "Bearer secret")))
                    .isEqualTo(HttpStatus.OK);
        }

        @Test
        void readingDoesNot() {
            assertThat(answer(elsewhere, request(HttpMethod.GET, "node-1:8080")))
                    .isEqualTo(HttpStatus.OK);
        }

        @Test
        void aPageOfAnotherOriginIsRefusedWithIt() {
            assertThat(answer(
                            elsewhere,
                            request(HttpMethod.DELETE, "node-1:8080")
                                    .header("Authorization", "Bearer secret")
                                    .header("Origin", "http://evil.example")))
                    .isEqualTo(HttpStatus.FORBIDDEN);
        }

        @Test
        void onLoopbackItIsNeededToo() {
            assertThat(answer(new RequestGuard(address("::1"), "secret", List.of()), request(HttpMethod.PUT, HOST)))
                    .isEqualTo(HttpStatus.UNAUTHORIZED);
        }

        @Test
        void elsewhereThereMustBeOne() {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> new RequestGuard(address("10.0.0.1"), null, List.of()));
            assertThatIllegalArgumentException().isThrownBy(() -> new RequestGuard(null, null, List.of()));
        }
    }
}
