package io.containerstatus.benchmarks.report;

import java.util.List;

/**
 * One picture, its axes logarithmic.
 *
 * @param group the group of the run that measured it
 * @param file the picture's name without a suffix
 * @param title what it shows
 * @param x what grows to the right
 * @param y what grows upwards
 * @param lines the lines, in the order of the legend
 */
public record Chart(String group, String file, String title, String x, String y, List<Line> lines) {

    /** Copies the lines. */
    public Chart {
        lines = List.copyOf(lines);
    }

    /** One line, from left to right; every coordinate is positive. */
    public record Line(String name, List<Point> points) {

        /** Copies the points. */
        public Line {
            points = List.copyOf(points);
        }
    }

    /** One point: the median of the rounds. */
    public record Point(double x, double y) {}
}
