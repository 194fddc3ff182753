package io.containerstatus.benchmarks.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Where a run took place.
 *
 * @param processors how many of them the virtual machine may use
 * @param processor their model, as the kernel names it
 * @param memory in GiB
 * @param kernel name and release
 * @param fileSystem the kind that all files were on
 * @param jdk vendor and version
 * @param load the load of the last minute when it began; more than a little spoils every number
 */
public record Machine(
        int processors, String processor, double memory, String kernel, String fileSystem, String jdk, double load) {

    /** Looks at this machine, and at the file system of this folder. */
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
