// SPDX-License-Identifier: Apache-2.0
package io.hongyan.examples.chat;

import io.hongyan.examples.chat.InputLine.Content;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Cuts UTF-8 input into lines and holds one line at a time, at most {@code maxLineBytes} of it.
 *
 * <p>A line ends with a line feed, a carriage return before it is dropped; the last line needs no end. Used by one
 * thread.
 */
final class LineReader {

    private final InputStream in;
    private final int maxLineBytes;
    private final byte[] chunk = new byte[8192];
    private int position;
    private int limit;
    private byte[] line = new byte[256];
    private int length;
    private long number;

    LineReader(InputStream in, int maxLineBytes) {
        this.in = in;
        this.maxLineBytes = maxLineBytes;
    }

    /** The next line, or null at the end of the input. Blocks. */
    @Nullable
    InputLine next() throws IOException {
        length = 0;
        boolean tooLong = false;
        boolean began = false;
        while (position < limit || fill()) {
            began = true;
            int end = lineFeed();
            tooLong |= !append(end);
            boolean ended = end < limit;
            position = ended ? end + 1 : end;
            if (ended) {
                break;
            }
        }
        return began ? line(tooLong) : null;
    }

    private boolean fill() throws IOException {
        position = 0;
        limit = Math.max(0, in.read(chunk));
        return limit > 0;
    }

    private int lineFeed() {
        int i = position;
        while (i < limit && chunk[i] != '\n') {
            i++;
        }
        return i;
    }

    /** False when the line grows too long; what was read of it is then forgotten. */
    private boolean append(int end) {
        int more = end - position;
        if (more > maxLineBytes + 1 - length) {
            length = 0;
            return false;
        }
        if (length + more > line.length) {
            line = Arrays.copyOf(line, Math.max(length + more, line.length * 2));
        }
        System.arraycopy(chunk, position, line, length, more);
        length += more;
        return true;
    }

    private InputLine line(boolean tooLong) {
        number++;
        int end = length > 0 && line[length - 1] == '\r' ? length - 1 : length;
        if (tooLong || end > maxLineBytes) {
            return new InputLine(number, Content.TOO_LONG, "");
        }
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(line, 0, end))
                    .toString();
            return new InputLine(number, Content.TEXT, text);
        } catch (CharacterCodingException e) {
            return new InputLine(number, Content.NOT_UTF8, "");
        }
    }
}
