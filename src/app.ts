/** The whole application: middleware and the modules' routes. No side effects on import; the two mains hand it its parts. */
import { OpenAPIHono } from '@hono/zod-openapi'
import { bodyLimit } from 'hono/body-limit'
import { csrf } from 'hono/csrf'
import { secureHeaders } from 'hono/secure-headers'
import { agreementsApi } from './agreements/api.ts'
import { agreementsPages } from './agreements/pages.tsx'
import { auditApi } from './audit/api.ts'
import { auditPages } from './audit/pages.tsx'
import { balancesApi } from './balances/api.ts'
import { balancesPages } from './balances/pages.tsx'
import { catalogueApi } from './catalogue/api.ts'
import { cataloguePages } from './catalogue/pages.tsx'
import { savedSearchApi } from './catalogue/saved-search-api.ts'
import { lookAgain } from './catalogue/saved-search-commands.ts'
import { savedSearchPages } from './catalogue/saved-search-pages.tsx'
import { forgetOfferChanges } from './catalogue/search-store.ts'
import { trustApi } from './catalogue/trust-api.ts'
import { trustBesideOrganisation, trustPages } from './catalogue/trust-pages.tsx'
import { vacancyApi } from './catalogue/vacancy-api.ts'
import { vacancyPages } from './catalogue/vacancy-pages.tsx'
import { claimsApi } from './claims/api.ts'
import { claimsPages } from './claims/pages.tsx'
import { personalPages } from './claims/personal-pages.tsx'
import { comparisonApi } from './comparison/api.ts'
import { comparisonPages } from './comparison/pages.tsx'
import { deliveriesApi } from './deliveries/api.ts'
import { confirmationApi } from './deliveries/confirmation-api.ts'
import { deliveriesPages } from './deliveries/pages.tsx'
import { disputesApi } from './disputes/api.ts'
import { disputesBesideDocument } from './disputes/dispute-cards.tsx'
import { disputesPages } from './disputes/pages.tsx'
import { disputedAmounts } from './disputes/store.ts'
import { guidePages } from './guide/pages.tsx'
import { homePages } from './home/pages.tsx'
import { hsdsApi } from './hsds/api.ts'
import type { App, AppEnv, BesideDocument, BesideOrganisation } from './http/app.ts'
import { assetRoutes } from './http/assets.ts'
import { idempotency } from './http/idempotency.ts'
import { identify } from './http/identify.ts'
import type { Parts } from './http/parts.ts'
import { answerError, fieldErrorsOf } from './http/problem.ts'
import { identityApi } from './identity/api.ts'
import { identityPages } from './identity/pages.tsx'
import { invoicingApi } from './invoicing/api.ts'
import { sealDocuments } from './invoicing/archive-commands.ts'
import { bulkApi } from './invoicing/bulk-api.ts'
import { bulkPages } from './invoicing/bulk-pages.tsx'
import { invoicingPages } from './invoicing/pages.tsx'
import { tellDocuments } from './invoicing/told-commands.ts'
import { wishApi } from './invoicing/wish-api.ts'
import { wishPages } from './invoicing/wish-pages.tsx'
import { accountPages } from './ledger/account-pages.tsx'
import { ledgerApi } from './ledger/api.ts'
import { besideLedger } from './ledger/beside.tsx'
import { betweenPages } from './ledger/between-pages.tsx'
import { checkPages } from './ledger/check-pages.tsx'
import { exportPages } from './ledger/export-pages.tsx'
import { ledgerPages } from './ledger/pages.tsx'
import { togetherPages } from './ledger/together-pages.tsx'
import { writeOffPages } from './ledger/write-off-pages.tsx'
import { mergersApi } from './mergers/api.ts'
import { carryOutMergers } from './mergers/commands.ts'
import { mergersPages } from './mergers/pages.tsx'
import { messagesApi } from './messages/api.ts'
import { messagesPages } from './messages/pages.tsx'
import { unreadMessages } from './messages/unread-pages.ts'
import { nettingApi } from './netting/api.ts'
import { nettingBesideDocument } from './netting/beside.tsx'
import { nettingJobs } from './netting/commands.ts'
import { nettingPages } from './netting/pages.tsx'
import { noticesApi } from './notices/api.ts'
import { noticeJobs } from './notices/commands.ts'
import { noticesPages } from './notices/pages.tsx'
import { paymentsApi } from './payments/api.ts'
import { paymentsBesideDocument, paymentsBesideDocuments } from './payments/beside.tsx'
import { interestApi } from './payments/interest-api.ts'
import { remindLate } from './payments/interest-commands.ts'
import { interestPages } from './payments/interest-pages.tsx'
import { letterApi } from './payments/letter-api.ts'
import { letterPages } from './payments/letter-pages.tsx'
import { movementPages } from './payments/movement-pages.tsx'
import { paymentsPages } from './payments/pages.tsx'
import { largestStatement } from './payments/statement.ts'
import { paymentJobs } from './payments/statement-commands.ts'
import { statementPages } from './payments/statement-pages.tsx'
import { placementsApi } from './placements/api.ts'
import { offerFreedPlaces } from './placements/freed-commands.ts'
import { placementsPages } from './placements/pages.tsx'
import { tellEndings } from './placements/telling-commands.ts'
import { receivingApi } from './receiving/api.ts'
import { receivingPages } from './receiving/pages.tsx'
import { largestDocument } from './receiving/tree.ts'
import { referencePages } from './reference/pages.tsx'
import { Refusal } from './refusal.ts'
import { regionApi } from './region/api.ts'
import { regionPages } from './region/pages.tsx'
import { requestsApi } from './requests/api.ts'
import { bridgesApi } from './requests/bridge-api.ts'
import { bridgePages } from './requests/bridge-pages.tsx'
import { requestsPages } from './requests/pages.tsx'
import { queueApi } from './requests/queue-api.ts'
import { moveQueues } from './requests/queue-commands.ts'
import { queuePages } from './requests/queue-pages.tsx'
import { sendingApi } from './sending/api.ts'
import { besideDocument as sendingBeside } from './sending/fate.tsx'
import { sendingPages } from './sending/pages.tsx'
import { settlementApi } from './settlement/api.ts'
import { calendarApi } from './settlement/calendar-api.ts'
import { settlementJobs } from './settlement/calendar-commands.ts'
import { calendarPages } from './settlement/calendar-pages.tsx'
import { foresee } from './settlement/consequences-store.ts'
import { overviewApi } from './settlement/overview-api.ts'
import { overviewPages } from './settlement/overview-pages.tsx'
import { settlementPages } from './settlement/pages.tsx'
import { progressApi } from './settlement/progress-api.ts'
import { progressPages } from './settlement/progress-pages.tsx'

/** What the modules do by the clock, every hour. */
export const hourlyJobs = [
  // before anything is told or reminded in a predecessor's name
  carryOutMergers,
  moveQueues,
  tellEndings,
  ...settlementJobs,
  ...nettingJobs,
  remindLate,
  ...paymentJobs,
  sealDocuments,
  tellDocuments,
  lookAgain,
  forgetOfferChanges,
  ...noticeJobs,
]

/** What the modules after invoicing show on the page of a document, in this order. */
const besideDocument: readonly BesideDocument[] = [
  besideLedger,
  sendingBeside,
  paymentsBesideDocument,
  disputesBesideDocument,
  nettingBesideDocument,
]

/** What the modules after identity show on the page of an organisation. */
const besideOrganisation: readonly BesideOrganisation[] = [trustBesideOrganisation]

const largestBody = 2 * 1024 * 1024
/** E-invoices from outside may carry other files; around one stands what a form sends along. */
const takesFiles = /^\/(api\/v1\/received|received\/upload)$/
const largestFile = largestDocument + 64 * 1024
/** A bank statement is larger than anything else that is sent. */
const takesStatements = /^\/(api\/v1\/bank-statements|payments\/statements)$/

export function buildApp(parts: Parts): App {
  const app = new OpenAPIHono<AppEnv>({
    defaultHook: (result) => {
      if (!result.success) throw new Refusal('invalid_input', {}, fieldErrorsOf(result.error as never))
    },
  })
  app.onError((error, c) => answerError(error, c))
  app.notFound((c) => answerError(new Refusal('not_found'), c))
  app.use(
    secureHeaders({
      contentSecurityPolicy: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'", 'data:'],
        fontSrc: ["'self'"],
        connectSrc: ["'self'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
        baseUri: ["'none'"],
      },
      referrerPolicy: 'same-origin',
      strictTransportSecurity: parts.production ? 'max-age=31536000; includeSubDomains' : false,
      xFrameOptions: 'DENY',
    }),
  )
  app.use(async (c, next) => {
    c.set('request_id', crypto.randomUUID())
    c.set('language', 'lv')
    c.set('signed_in', null)
    c.set('demo', parts.demo)
    c.set('foresee', foresee)
    c.set('disputed', disputedAmounts)
    c.set('places_freed', offerFreedPlaces)
    c.set('beside_document', besideDocument)
    c.set('beside_documents', paymentsBesideDocuments)
    c.set('beside_organisation', besideOrganisation)
    c.set('files', parts.files ?? null)
    c.set('ctx', { db: parts.db, clock: parts.clock, actor: { kind: 'public' } })
    await next()
    c.res.headers.set('x-request-id', c.get('request_id'))
    if (!c.res.headers.has('cache-control')) c.res.headers.set('cache-control', 'no-store')
  })
  assetRoutes(app, parts.loadAsset)
  const limited = (maxSize: number) =>
    bodyLimit({
      maxSize,
      onError: () => {
        throw new Refusal('body_too_large')
      },
    })
  const [usually, forFiles] = [limited(largestBody), limited(largestFile)]
  const forStatements = limited(largestStatement + 64 * 1024)
  app.use((c, next) => {
    if (takesStatements.test(c.req.path)) return forStatements(c, next)
    return takesFiles.test(c.req.path) ? forFiles(c, next) : usually(c, next)
  })
  app.use(identify(parts))
  // A machine's token is never sent by a browser on its own, so no other site can misuse it.
  const sameSite = csrf()
  app.use((c, next) => {
    const { actor } = c.get('ctx')
    return actor.kind === 'member' && actor.token_id !== null ? next() : sameSite(c, next)
  })
  app.use(unreadMessages)
  app.use(idempotency())
  for (const routes of [
    homePages,
    noticesApi,
    noticesPages,
    messagesApi,
    messagesPages,
    auditApi,
    auditPages,
    identityApi,
    identityPages,
    mergersApi,
    mergersPages,
    referencePages,
    guidePages,
    // before the documents: it notices when their files are fetched
    sendingApi,
    sendingPages,
    receivingApi,
    receivingPages,
    bulkApi,
    bulkPages,
    invoicingApi,
    wishApi,
    invoicingPages,
    wishPages,
    ledgerApi,
    checkPages,
    accountPages,
    exportPages,
    betweenPages,
    writeOffPages,
    togetherPages,
    ledgerPages,
    settlementApi,
    calendarApi,
    // before the pages of a month, whose addresses begin alike
    calendarPages,
    overviewApi,
    overviewPages,
    progressApi,
    progressPages,
    settlementPages,
    disputesApi,
    disputesPages,
    catalogueApi,
    cataloguePages,
    savedSearchApi,
    savedSearchPages,
    trustApi,
    trustPages,
    vacancyApi,
    vacancyPages,
    agreementsApi,
    agreementsPages,
    nettingApi,
    nettingPages,
    balancesApi,
    balancesPages,
    interestApi,
    interestPages,
    letterApi,
    letterPages,
    claimsApi,
    personalPages,
    claimsPages,
    paymentsApi,
    // before the pages of a payment, whose addresses begin alike
    statementPages,
    movementPages,
    paymentsPages,
    placementsApi,
    requestsApi,
    requestsPages,
    bridgesApi,
    bridgePages,
    queueApi,
    queuePages,
    placementsPages,
    deliveriesApi,
    confirmationApi,
    deliveriesPages,
    comparisonApi,
    comparisonPages,
    regionApi,
    regionPages,
    hsdsApi,
  ])
    routes(app, parts)
  return app
}
