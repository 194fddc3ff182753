package io.containerstatus.spring;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/** What the program prints, logs included, from the creation to the close. */
final class Console implements AutoCloseable {
    private final PrintStream before = System.out;
    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

    Console() {
        System.setOut(new PrintStream(new Both(), true, StandardCharsets.UTF_8));
    }

    private final class Both extends OutputStream {
        @Override
        public void write(int value) {
            printed.write(value);
            before.write(value);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) {
            printed.write(bytes, offset, length);
            before.write(bytes, offset, length);
        }
    }

    @Override
    public String toString() {
        return printed.toString(StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        System.setOut(before);
    }
}
