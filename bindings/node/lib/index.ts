/**
 * SDK for the Devin v2 Enterprise API.
 *
 * @module
 */

export { Client, type ClientOptions, type OwnRequest, type OwnResponse } from "./client.js";
export type { RequestOptions } from "./caller.js";
export { BillingDay, billingDays, type BillingDays, type Day } from "./billing.js";
export { toDate } from "./dates.js";
export {
  APIConnectionError,
  APIResponseValidationError,
  APIStatusError,
  APITimeoutError,
  APIUserAbortError,
  AuthenticationError,
  BadRequestError,
  ConfigError,
  ConflictError,
  DevinError,
  InternalServerError,
  NotFoundError,
  PagingError,
  PermissionDeniedError,
  RateLimitError,
  RefusedError,
  UnprocessableEntityError,
} from "./errors.js";
export { Listing, Page, Rows, type BadRow, type Report } from "./listing.js";
export type * from "./generated/resources.js";
export type * from "./generated/types.js";
