package io.inmesh.bench.scale;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a JVM on this machine takes of memory, by its own account and the kernel's; whichever its collector is. */
final class ServerMemory {
    private static final Pattern RESIDENT = Pattern.compile("VmRSS:\\s+(\\d+) kB");
    /** Where a part of the heap is: its beginning, what of it is used or taken, and its end. */
    private static final Pattern PART = Pattern.compile("\\[0x([0-9a-f]+),.*0x([0-9a-f]+)\\)");

    private static final Pattern MAPPING = Pattern.compile("([0-9a-f]+)-([0-9a-f]+) .*");
    private static final Pattern MAPPED = Pattern.compile("Rss:\\s+(\\d+) kB");

    private final long pid;

    ServerMemory(long pid) {
        this.pid = pid;
    }

    /** {@return bytes of all objects that are alive, after a full collection} */
    long heapBytes() throws IOException, InterruptedException {
        List<String> lines = ask("GC.class_histogram");
        String total = lines.get(lines.size() - 1).strip();
        return Long.parseLong(total.substring(total.lastIndexOf(' ') + 1));
    }

    /** {@return what it takes of the machine's memory} */
    long residentBytes() throws IOException {
        return kilobytes(RESIDENT, Files.readString(file("status"))) << 10;
    }

    /** {@return what it takes of the machine's memory beside its heap} */
    long offHeapBytes() throws IOException, InterruptedException {
        long begin = Long.MAX_VALUE;
        long end = 0;
        for (String line : ask("GC.heap_info")) {
            Matcher part = PART.matcher(line);
            if (part.find()) {
                begin = Math.min(begin, Long.parseUnsignedLong(part.group(1), 16));
                end = Math.max(end, Long.parseUnsignedLong(part.group(2), 16));
            }
        }
        if (end == 0) {
            throw new IOException("where the heap of the control server is, is not known");
        }
        return residentBytes() - residentBytes(begin, end);
    }

    private long residentBytes(long begin, long end) throws IOException {
        long sum = 0;
        boolean within = false;
        for (String line : Files.readAllLines(file("smaps"))) {
            Matcher mapping = MAPPING.matcher(line);
            if (mapping.matches()) {
                within = Long.compareUnsigned(Long.parseUnsignedLong(mapping.group(1), 16), begin) >= 0
                        && Long.compareUnsigned(Long.parseUnsignedLong(mapping.group(2), 16), end) <= 0;
            } else if (within && line.startsWith("Rss:")) {
                sum += kilobytes(MAPPED, line) << 10;
            }
        }
        return sum;
    }

    private static long kilobytes(Pattern pattern, String text) throws IOException {
        Matcher found = pattern.matcher(text);
        if (!found.find()) {
            throw new IOException("the memory of the control server is not known");
        }
        return Long.parseLong(found.group(1));
    }

    private Path file(String name) {
        return Path.of("/proc", Long.toString(pid), name);
    }

    private List<String> ask(String command) throws IOException, InterruptedException {
        String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
        Process asked = new ProcessBuilder(jcmd, Long.toString(pid), command)
                .redirectErrorStream(true)
                .start();
        List<String> lines = asked.inputReader(StandardCharsets.UTF_8).lines().toList();
        asked.waitFor();
        return lines;
    }
}
