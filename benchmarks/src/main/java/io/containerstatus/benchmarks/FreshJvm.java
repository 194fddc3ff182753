package io.containerstatus.benchmarks;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** Starts virtual machines with the class path of this one. */
final class FreshJvm {
    /** The numbers of threads that a virtual machine derives from the number of processors. */
    private static final List<String> OWN_THREADS = List.of("CICompilerCount", "ParallelGCThreads", "ConcGCThreads");

    private FreshJvm() {}

    /**
     * Runs the main method until the virtual machine ends. Returns the last line of its output. Fails if it fails.
     */
    static String run(Class<?> main, List<String> options, List<String> args) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(property("java.home"), "bin", "java").toString());
        command.addAll(options);
        command.addAll(List.of("-cp", property("java.class.path"), main.getName()));
        command.addAll(args);
        Process process =
                new ProcessBuilder(command).redirectError(Redirect.INHERIT).start();
        try {
            String written = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            int exit = process.waitFor();
            if (exit != 0) {
                throw new IllegalStateException(main.getSimpleName() + " " + args + " ended with " + exit);
            }
            return written.substring(written.lastIndexOf('\n') + 1);
        } finally {
            process.destroyForcibly();
        }
    }

    /**
     * Returns the options that set the number of processors of a virtual machine. It gets as many compiler
     * and collector threads as this one has, so that only the program behaves as on another machine.
     */
    static List<String> withProcessors(int processors) {
        HotSpotDiagnosticMXBean here = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
        List<String> options = new ArrayList<>();
        options.add("-XX:ActiveProcessorCount=" + processors);
        for (String threads : OWN_THREADS) {
            String number = here.getVMOption(threads).getValue();
            if (!number.equals("0")) {
                options.add("-XX:" + threads + "=" + number);
            }
        }
        return options;
    }

    private static String property(String name) {
        return Objects.requireNonNull(System.getProperty(name), name);
    }
}
