package io.containerstatus.benchmarks.report;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Writes the page, in Markdown, from the results and the notes. */
public final class Page {
    private final Results results;
    private final List<String> lines = new ArrayList<>();
    private final Set<String> said = new HashSet<>();

    private Page(Results results) {
        this.results = results;
    }

    /** Returns the page. It expects the pictures in its own folder. */
    public static String of(Results results) throws IOException {
        Page page = new Page(results);
        page.head();
        page.targets(results.targets());
        for (String group : page.groups()) {
            page.group(group);
        }
        return String.join("\n", page.lines) + "\n";
    }

    private void add(String... text) {
        lines.addAll(List.of(text));
    }

    private void head() throws IOException {
        add("<!-- Written by benchmarks/run; what is said in words is in benchmarks/src/main/resources. -->", "");
        add(Notes.of("page").introduction(), "");
        Machine on = results.machine();
        add(
                "| this run | |",
                "|---|---|",
                "| mode | " + results.mode()
                        + (results.mode().equals("full") ? "" : ": **a smoke test; ignore the numbers**") + " |",
                "| commit | " + results.commit() + " |",
                "| began | " + results.began() + ", took " + results.seconds() + " s |",
                "| processors | " + on.processors() + " × " + on.processor() + " |",
                "| memory | " + on.memory() + " GiB |",
                "| kernel, file system | " + on.kernel() + ", " + on.fileSystem() + " |",
                "| JDK | " + on.jdk() + " |",
                "| load when it began | " + on.load() + " |",
                "");
    }

    private void targets(List<Target> targets) {
        add(
                "## Targets",
                "",
                "| what | against | target | median | least – most | holds |",
                "|---|---|---|---|---|---|");
        for (Target target : targets) {
            Rounds rounds = target.rounds();
            add(String.format(
                    "| %s | %s | %s %s | **%s** | %s – %s | %s |",
                    target.what(),
                    target.against().isEmpty() ? "–" : target.against(),
                    target.bound() == Target.Bound.AT_LEAST ? "≥" : "≤",
                    withUnit(Numbers.limit(target.limit()), target.unit()),
                    withUnit(Numbers.of(rounds.median()), target.unit()),
                    Numbers.of(rounds.min()),
                    Numbers.of(rounds.max()),
                    target.holds() ? "yes" : "**no**"));
        }
        add("");
    }

    private static String withUnit(String number, String unit) {
        return unit.isEmpty() ? number : number + " " + unit;
    }

    private Set<String> groups() {
        Set<String> groups = new LinkedHashSet<>();
        // If nothing was measured in a group, a remark says why.
        Stream.of(
                        results.targets().stream().map(Target::group),
                        results.measurements().stream().map(Measurement::group),
                        results.remarks().stream().map(Remark::group))
                .flatMap(each -> each)
                .forEach(groups::add);
        return groups;
    }

    private void group(String group) throws IOException {
        Notes notes = Notes.of(group);
        add(notes.introduction(), "");
        for (Remark remark : results.remarks()) {
            if (remark.group().equals(group)) {
                paragraph(remark.text());
            }
        }
        for (Chart chart : results.charts()) {
            if (chart.group().equals(group)) {
                add("![" + chart.title() + "](" + chart.file() + ".svg)", "");
                paragraph(notes.about(chart.file()));
            }
        }
        for (Target target : results.targets()) {
            if (target.group().equals(group)) {
                target(target, notes);
            }
        }
        measurements(group);
    }

    private void target(Target target, Notes notes) {
        paragraph(notes.about(target.key()));
        if (target.holds()) {
            return;
        }
        paragraph(notes.ifMissed(target.key()));
        for (Profile profile : results.profiles()) {
            if (profile.key().equals(target.key())) {
                paragraph("Profile of *" + target.what() + "*:");
                profile.tables().forEach(this::profile);
            }
        }
    }

    /**
     * Adds the paragraph unless the page contains it already, because a chart and a target may have the same one.
     */
    private void paragraph(String text) {
        if (!text.isEmpty() && said.add(text)) {
            add(text, "");
        }
    }

    private void profile(Profile.Table table) {
        add("| " + table.title() + " | |", "|---|---|");
        table.shares().forEach(share -> add("| `" + share.what() + "` | " + share.share() + " |"));
        add("");
    }

    private void measurements(String group) {
        List<Measurement> own = results.measurements().stream()
                .filter(measurement -> measurement.group().equals(group))
                .toList();
        if (own.isEmpty()) {
            return;
        }
        add("| measured | unit | median | least – most | rounds |", "|---|---|---|---|---|");
        for (Measurement measurement : own) {
            Rounds rounds = measurement.rounds();
            add(String.format(
                    "| %s | %s | %s | %s – %s | %d |",
                    measurement.name(),
                    measurement.unit(),
                    Numbers.of(rounds.median()),
                    Numbers.of(rounds.min()),
                    Numbers.of(rounds.max()),
                    rounds.values().size()));
        }
        add("");
    }
}
