package io.tandemsip.examples.ownnexthop;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What has to be written to get from one file to another. Immutable. */
public final class ChangedLines {
    private ChangedLines() {}

    /**
     * The lines of the second file that are not in the first, in order; comments and the class's own name do not count.
     *
     * @param before a source file
     * @param after a source file
     * @return new and changed lines
     * @throws IOException if a file can't be read
     */
    public static List<String> between(Path before, Path after) throws IOException {
        List<String> old = lines(before);
        List<String> fresh = lines(after);
        int[][] common = new int[old.size() + 1][fresh.size() + 1];
        for (int i = old.size() - 1; i >= 0; i--) {
            for (int j = fresh.size() - 1; j >= 0; j--) {
                common[i][j] = old.get(i).equals(fresh.get(j))
                        ? common[i + 1][j + 1] + 1
                        : Math.max(common[i + 1][j], common[i][j + 1]);
            }
        }
        List<String> changed = new ArrayList<>();
        int i = 0;
        for (int j = 0; j < fresh.size(); j++) {
            while (i < old.size()
                    && common[i + 1][j] == common[i][j]
                    && !old.get(i).equals(fresh.get(j))) {
                i++;
            }
            if (i < old.size() && old.get(i).equals(fresh.get(j))) {
                i++;
            } else {
                changed.add(fresh.get(j));
            }
        }
        return changed;
    }

    private static List<String> lines(Path file) throws IOException {
        return Files.readAllLines(file).stream()
                .map(line ->
                        line.replaceAll("(Proxy|B2bua)(Before|After)", "$1").strip())
                .filter(line -> !line.isEmpty() && !line.startsWith("/**"))
                .toList();
    }
}
