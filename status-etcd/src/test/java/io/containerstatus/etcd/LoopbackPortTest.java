package io.containerstatus.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;

class LoopbackPortTest {
    @Test
    void oneThatIsReservedIsGivenToNobodyElseAndTheServerCanListen() throws IOException {
        try (LoopbackPort port = LoopbackPort.reserve()) {
            assertThatExceptionOfType(BindException.class).isThrownBy(() -> LoopbackPort.reserve(port.number()));
            try (ServerSocket server = new ServerSocket(port.number(), 1, InetAddress.getLoopbackAddress())) {
                assertThat(server.isBound()).isTrue();
            }
        }
    }

    @Test
    void oneThatIsListenedOnIsNotGivenAndNotKept() throws IOException {
        int number;
        try (LoopbackPort port = LoopbackPort.reserve()) {
            number = port.number();
        }
        try (ServerSocket server = new ServerSocket(number, 1, InetAddress.getLoopbackAddress())) {
            assertThat(server.isBound()).isTrue();
            assertThatExceptionOfType(BindException.class).isThrownBy(() -> LoopbackPort.reserve(number));
        }
        LoopbackPort.reserve(number).close();
    }
}
