package io.containerstatus.benchmarks.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * The machine of a run.
 *
 * @param processors how many processors the virtual machine may use
 * @param processor the model of the processors, as the kernel names it
 * @param memory the memory, in GiB
 * @param kernel name and release of the kernel
 * @param fileSystem the type of the file system that all files were on
 * @param jdk vendor and version
 * @param load the load of the last minute when the run began; more than a little distorts every number
 */
public record Machine(
        int processors, String processor, double memory, String kernel, String fileSystem, String jdk, double load) {

    /** Returns this machine, with the type of this folder's file system. */
    public static Machine here(Path folder) throws IOException {
        return new Machine(
                Runtime.getRuntime().availableProcessors(),
                field(Path.of("/proc/cpuinfo"), "model name"),
                gibibytes(kilobytes(field(Path.of("/proc/meminfo"), "MemTotal"))),
                System.getProperty("os.name") + " " + System.getProperty("os.version"),
                Files.getFileStore(folder).type(),
                System.getProperty("java.vendor") + " " + System.getProperty("java.runtime.version"),
                loadNow());
    }

    /** Returns the load of the last minute. */
    private static double loadNow() throws IOException {
        Path file = Path.of("/proc/loadavg");
        return Files.exists(file) ? Double.parseDouble(Files.readString(file).split(" ", 2)[0]) : 0;
    }

    private static double gibibytes(double kilobytes) {
        return Math.round(kilobytes / 1024 / 1024 * 10) / 10.0;
    }

    private static double kilobytes(String text) {
        String digits = text.replaceAll("\\D", "");
        return digits.isEmpty() ? 0 : Double.parseDouble(digits);
    }

    private static String field(Path file, String name) throws IOException {
        if (!Files.exists(file)) {
            return "unknown";
        }
        return Arrays.stream(Files.readString(file).split("\n"))
                .filter(line -> line.startsWith(name))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst()
                .orElse("unknown");
    }
}
