package io.tandemsip.jainsip;

import gov.nist.core.GenericObject;
import gov.nist.core.NameValueList;
import gov.nist.javax.sip.message.SIPMessage;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.Collection;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** All that is in an object of JAIN-SIP's, as text: its classes, and the fields of those that it made itself. */
final class Innards {
    private Innards() {}

    static String of(@Nullable Object of) throws IllegalAccessException {
        StringBuilder text = new StringBuilder();
        write(of, text);
        return text.toString();
    }

    private static void write(@Nullable Object of, StringBuilder text) throws IllegalAccessException {
        if (of == null) {
            text.append("null");
            return;
        }
        text.append(of.getClass().getSimpleName()).append('(');
        if (of instanceof GenericObject || of instanceof NameValueList) {
            fields(of, text);
        } else if (of instanceof Collection<?> all) {
            for (Object each : all) {
                write(each, text);
            }
        } else if (of instanceof Map<?, ?> map) {
            for (Map.Entry<?, ?> each : map.entrySet()) {
                write(each.getKey(), text);
                write(each.getValue(), text);
            }
        } else if (of instanceof byte[] bytes) {
            text.append(Arrays.toString(bytes));
        } else {
            text.append(of);
        }
        text.append(')');
    }

    private static void fields(Object of, StringBuilder text) throws IllegalAccessException {
        for (Class<?> type = of.getClass(); type.getName().startsWith("gov.nist"); type = type.getSuperclass()) {
            for (Field field : type.getDeclaredFields()) {
                boolean ours = field.getName().equals("applicationData") && of instanceof SIPMessage;
                if (!Modifier.isStatic(field.getModifiers()) && !ours) {
                    field.setAccessible(true);
                    text.append(field.getName()).append('=');
                    write(field.get(of), text);
                }
            }
        }
    }
}
