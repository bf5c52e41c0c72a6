package io.github.devinv2

import java.time.Duration

internal fun notNegative(name: String, value: Int?): Int? = value?.also { require(it >= 0) { "$name is negative: $it" } }

internal fun notNegative(name: String, value: Long?): Long? = value?.also { require(it >= 0) { "$name is negative: $it" } }

internal fun notNegative(name: String, value: Duration?): Duration? =
    value?.also { require(!it.isNegative) { "$name is negative: $it" } }
