// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core.inbound;

import io.hongyan.core.listener.MessageInterceptor;
import io.hongyan.core.listener.SessionInfo;
import io.hongyan.core.listener.Verdict;
import io.hongyan.core.session.ListenerInvoker;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.ThreadSafe;
import io.hongyan.protocol.packet.Message;
import java.util.List;

/** Asks the interceptors in turn what becomes of a message: stop 4b of its walk. */
@ThreadSafe
final class Interception {
    private final List<MessageInterceptor> interceptors;
    private final ListenerInvoker invoker;
    private final int maxMessageBytes;

    /** @param maxMessageBytes largest payload that may take the place of another one, in bytes */
    Interception(List<MessageInterceptor> interceptors, ListenerInvoker invoker, int maxMessageBytes) {
        this.interceptors = List.copyOf(interceptors);
        this.invoker = invoker;
        this.maxMessageBytes = maxMessageBytes;
    }

    /** What they made of it. */
    sealed interface Outcome {
        /** It goes on, as this. */
        record Passed(Message message) implements Outcome {}

        /** It is refused. */
        record Refused(ReasonCode code) implements Outcome {}
    }

    /** Whether there is nobody to ask, so that messages need not leave the event loop. */
    boolean isEmpty() {
        return interceptors.isEmpty();
    }

    /** Asks. On a worker lane. */
    Outcome judge(SessionInfo sender, Message message) {
        Message current = message;
        for (MessageInterceptor interceptor : interceptors) {
            Verdict verdict = invoker.intercept(interceptor, sender, current);
            if (verdict == null) {
                return new Outcome.Refused(ReasonCode.HANDLER_FAILED);
            }
            if (verdict instanceof Verdict.Reject reject) {
                return new Outcome.Refused(reject.code());
            }
            if (verdict instanceof Verdict.Replace replace) {
                if (replace.payload().size() > maxMessageBytes) {
                    return new Outcome.Refused(ReasonCode.MESSAGE_TOO_LARGE);
                }
                current = current.withPayload(replace.kind(), replace.payload());
            } else if (verdict instanceof Verdict.Divert divert) {
                current = current.withTo(divert.to());
            }
        }
        return new Outcome.Passed(current);
    }
}
