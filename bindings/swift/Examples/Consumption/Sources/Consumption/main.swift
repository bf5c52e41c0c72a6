// Draws what was consumed per day as bars: consumption [FIRST-DAY LAST-DAY], such as 2026-02-01 2026-02-28.
//
// Without days: the current billing cycle. The key comes from DEVIN_V2_API_KEY.

import DevinV2
import Foundation

/// A bar of this length, in eighths of a character.
func bar(_ share: Double, width: Int) -> String {
  let eighths = Int((share * Double(width * 8)).rounded())
  let rest = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"][eighths % 8]
  return String(repeating: "█", count: eighths / 8) + rest
}

func padded(_ text: String, to width: Int) -> String {
  String(repeating: " ", count: max(0, width - text.count)) + text
}

let days = Array(CommandLine.arguments.dropFirst())
guard days.isEmpty || days.count == 2 else {
  FileHandle.standardError.write(Data("usage: consumption [FIRST-DAY LAST-DAY]\n".utf8))
  exit(2)
}

do {
  let client = try DevinClient()
  let window = try days.isEmpty ? nil : BillingDays(first: days[0], last: days[1])
  async let used = client.consumption.daily(billingDays: window)
  // Names are nicer than ids, and there may be many: one page after the other.
  var names: [String: String] = [:]
  for try await organization in client.organizations.list().items() {
    names[organization.orgId] = organization.orgName
  }
  let consumption = try await used

  let most = max(consumption.consumptionByDate.values.max() ?? 0, .leastNonzeroMagnitude)
  for (day, acus) in consumption.consumptionByDate.sorted(by: { $0.key < $1.key }) {
    print(day, padded(String(format: "%.1f", acus), to: 9), bar(acus / most, width: 50))
  }
  print()
  for (id, acus) in consumption.consumptionByOrgId.sorted(by: { $0.value > $1.value }) {
    print(padded(String(format: "%.1f", acus), to: 20), names[id] ?? id)
  }
  print(padded(String(format: "%.1f", consumption.totalAcus), to: 20), "ACUs in all")
} catch let error as DevinError {
  FileHandle.standardError.write(Data("\(error)\n".utf8))
  exit(1)
}
