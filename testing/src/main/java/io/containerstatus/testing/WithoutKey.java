package io.containerstatus.testing;

import java.lang.reflect.Proxy;
import java.nio.file.attribute.BasicFileAttributes;

/** What stat tells of a file on a file system that gives files no keys. */
final class WithoutKey {
    private WithoutKey() {}

    static BasicFileAttributes of(BasicFileAttributes real) {
        return (BasicFileAttributes) Proxy.newProxyInstance(
                WithoutKey.class.getClassLoader(),
                new Class<?>[] {BasicFileAttributes.class},
                (proxy, method, arguments) ->
                        method.getName().equals("fileKey") ? null : method.invoke(real, arguments));
    }
}
