package io.containerstatus.benchmarks.report;

import java.util.List;

/**
 * One picture. Its axes are logarithmic.
 *
 * @param group the group that measured it
 * @param file the name of the picture, without a suffix
 * @param title what the picture shows
 * @param x what the horizontal axis shows
 * @param y what the vertical axis shows
 * @param lines the lines, in the order of the legend
 */
public record Chart(String group, String file, String title, String x, String y, List<Line> lines) {

    /** Copies the lines. */
    public Chart {
        lines = List.copyOf(lines);
    }

    /** One line, from left to right. Every coordinate is positive. */
    public record Line(String name, List<Point> points) {

        /** Copies the points. */
        public Line {
            points = List.copyOf(points);
        }
    }

    /** One point: the median of the rounds. */
    public record Point(double x, double y) {}
}
