package io.tandemsip.core.source;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Objects;

/**
 * Tells one version of a file from another without reading it: a rename and a swapped symbolic link change the file that
 * the path leads to, a write changes time or size. Immutable.
 */
record FileStamp(String target, FileTime modified, long size, String key) {
    /** Of a file that is not there. */
    static final FileStamp GONE = new FileStamp("", FileTime.fromMillis(0), -1, "");

    static FileStamp of(Path file) {
        try {
            Path target = file.toRealPath();
            BasicFileAttributes found = Files.readAttributes(target, BasicFileAttributes.class);
            return new FileStamp(
                    target.toString(), found.lastModifiedTime(), found.size(), Objects.toString(found.fileKey()));
        } catch (IOException gone) {
            return GONE;
        }
    }
}
