//! What is put otherwise than uniffi writes it. Each has to be found: what uniffi mends itself must not stay here.

/// The kind of file, what uniffi writes, and what stands there instead.
pub(super) const REPLACED: &[(&str, &str, &str)] = &[
    // Its authors' notes to themselves say nothing here.
    ("kt", "        // TODO: maybe we should log a warning if called more than once?\n", ""),
    (
        "swift",
        "TODO: We'd like this to be `private` but for Swifty reasons,",
        "Not `private` since for Swifty reasons,",
    ),
    // Values of enums without fields have no text of their own otherwise.
    ("kt", "\n    object ", "\n    data object "),
    // The text of an error would be all that it holds, personal data too.
    ("kt", "get() = \"details=${ `details` }\"", "get() = `details`.`description`"),
    (
        "swift",
        "    public var errorDescription: String? {\n        String(reflecting: self)\n    }\n    \n}\n\n#if compiler(>=6)\nextension \
         DevinError",
        "    public var errorDescription: String? {\n        details.description\n    }\n    \n}\n\n#if compiler(>=6)\nextension \
         DevinError",
    ),
    // A time that is none would end the process.
    (
        "swift",
        "        var delta = value.timeIntervalSince1970\n",
        "        // What is no time, or far beyond the calendar, becomes one that the native half refuses.\n        \
         let time = value.timeIntervalSince1970\n        \
         var delta = time.isNaN ? 1e15 : min(max(time, -1e15), 1e15)\n",
    ),
    // Calls come back on threads of the native half. To be made known to the JVM for each of them and forgotten again
    // takes longer than all the rest of the way back.
    (
        "kt",
        "UniffiRustFutureContinuationCallback {\n    override fun callback(data: Long, pollResult: Byte) {\n",
        "UniffiRustFutureContinuationCallback {\n    init {\n        \
         Native.setCallbackThreadInitializer(this, com.sun.jna.CallbackThreadInitializer(true, false))\n    }\n\n    \
         override fun callback(data: Long, pollResult: Byte) {\n",
    ),
    (
        "kt",
        "java.time.Instant.EPOCH.plus(java.time.Duration.ofSeconds(seconds, nanoseconds))",
        "java.time.Instant.ofEpochSecond(seconds, nanoseconds)",
    ),
    // Nearly all maps are those of unknown fields, and empty.
    (
        "kt",
        "        val len = buf.getInt()\n        return buildMap<",
        "        val len = buf.getInt()\n        if (len == 0) return emptyMap()\n        return buildMap<",
    ),
    // Rows are read where they are: `Data` and an array for each text take four times as long. The buffer is freed after
    // what is read of it was made.
    ("swift", "(data: Data, offset: Data.Index)", "(data: UnsafeRawBufferPointer, offset: Int)"),
    ("swift", "func createReader(data: Data)", "func createReader(data: UnsafeRawBufferPointer)"),
    (
        "swift",
        "createReader(data: Data(rustBuffer: buf))",
        "createReader(data: UnsafeRawBufferPointer(start: buf.data, count: Int(buf.len)))",
    ),
    (
        "swift",
        "    var value: T = 0\n    let _ = withUnsafeMutableBytes(of: &value, { reader.data.copyBytes(to: $0, from: range)})\n",
        "    let value = reader.data.loadUnaligned(fromByteOffset: range.lowerBound, as: T.self)\n",
    ),
    (
        "swift",
        "        reader.data.copyBytes(to: buffer, from: range)\n",
        "        UnsafeMutableRawBufferPointer(buffer).copyMemory(from: UnsafeRawBufferPointer(rebasing: reader.data[range]))\n",
    ),
    (
        "swift",
        "        return String(decoding: try readBytes(&buf, count: Int(len)), as: UTF8.self)\n",
        "        let range = buf.offset..<(buf.offset + Int(len))\n        \
         guard buf.data.count >= range.upperBound else {\n            throw UniffiInternalError.bufferOverflow\n        }\n        \
         buf.offset = range.upperBound\n        \
         return String(decoding: UnsafeRawBufferPointer(rebasing: buf.data[range]), as: UTF8.self)\n",
    ),
];
