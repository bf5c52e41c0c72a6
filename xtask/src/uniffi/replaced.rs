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
    // A Date has no room for all digits: those that are dropped must not make the next second of it, or the next year.
    (
        "swift",
        "        if seconds >= 0 {\n            return Date(timeIntervalSince1970: Double(seconds))\n                \
         .addingTimeInterval(Double(nanoseconds) / 1.0e9)\n        } else {\n            \
         return Date(timeIntervalSince1970: Double(seconds))\n                \
         .addingTimeInterval(-Double(nanoseconds) / 1.0e9)\n        }\n",
        "        let whole = Date(timeIntervalSince1970: Double(seconds))\n        \
         let fraction = Double(nanoseconds) / 1.0e9\n        \
         let time = whole.addingTimeInterval(seconds >= 0 ? fraction : -fraction)\n        \
         let next = seconds >= 0 ? whole.addingTimeInterval(1) : whole\n        \
         guard nanoseconds > 0 && time >= next else { return time }\n        \
         return Date(timeIntervalSinceReferenceDate: time.timeIntervalSinceReferenceDate.nextDown)\n",
    ),
    // Calls come back on threads of the native half. Made known to the JVM for each call and forgotten again, they cost a
    // third of the time of a page.
    (
        "kt",
        "UniffiRustFutureContinuationCallback {\n    override fun callback(data: Long, pollResult: Byte) {\n",
        "UniffiRustFutureContinuationCallback {\n    init {\n        \
         Native.setCallbackThreadInitializer(this, com.sun.jna.CallbackThreadInitializer(true, false))\n    }\n\n    \
         override fun callback(data: Long, pollResult: Byte) {\n",
    ),
    // What tells of an error, and what describes a buffer, has memory of its thread. Made anew for each of the eight steps
    // of a call it is left to the collector, which falls behind: pauses of seconds were seen.
    (
        "kt",
        "// Call a rust function that returns a Result<>.",
        "private val uniffiStatus = ThreadLocal.withInitial {\n    UniffiRustCallStatus().also {\n        \
         it.setAutoSynch(false)\n        // Has its memory made.\n        it.pointer.getByte(0)\n    }\n}\n\n\
         // Call a rust function that returns a Result<>.",
    ),
    (
        "kt",
        "    var status = UniffiRustCallStatus()\n    val return_value = callback(status)\n    \
         uniffiCheckCallStatus(errorHandler, status)\n",
        "    val status = uniffiStatus.get()\n    val return_value = callback(status)\n    \
         if (status.pointer.getByte(0) != UNIFFI_CALL_SUCCESS) {\n        uniffiStatus.remove()\n        status.read()\n        \
         uniffiCheckCallStatus(errorHandler, status)\n    }\n",
    ),
    (
        "kt",
        "// This is a helper for safely working with byte buffers returned from the Rust code.\n",
        "// Memory for descriptions of buffers, of which a call has a dozen at most: it goes round, per thread.\n\
         private class UniffiBufferMemory {\n    private val slots = arrayOfNulls<com.sun.jna.Memory>(256)\n    \
         private var at = 0\n\n    fun next(size: Long): com.sun.jna.Memory {\n        at = (at + 1) % slots.size\n        \
         return slots[at] ?: com.sun.jna.Memory(size).also { slots[at] = it }\n    }\n}\n\n\
         private val uniffiBufferMemory = ThreadLocal.withInitial { UniffiBufferMemory() }\n\n\
         // This is a helper for safely working with byte buffers returned from the Rust code.\n",
    ),
    (
        "kt",
        "    class ByValue: RustBuffer(), Structure.ByValue\n",
        "    class ByValue: RustBuffer(), Structure.ByValue {\n        \
         override fun autoAllocate(size: Int): com.sun.jna.Memory = uniffiBufferMemory.get().next(size.toLong())\n    }\n",
    ),
    // A coroutine that was cancelled before it calls must send nothing: what is polled has begun.
    (
        "kt",
        "): T {\n    try {\n        do {\n            val pollResult",
        "): T {\n    try {\n        kotlin.coroutines.coroutineContext.ensureActive()\n        do {\n            val pollResult",
    ),
    (
        "kt",
        "import kotlinx.coroutines.suspendCancellableCoroutine\n",
        "import kotlinx.coroutines.ensureActive\nimport kotlinx.coroutines.suspendCancellableCoroutine\n",
    ),
    // Rows are read where they are: with `Data`, and an array for each text, a page takes more than twice as long. The buffer
    // is freed after what is read of it was made.
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
