import { defineTexts } from '../ui/define-texts.ts'

export const sendingTexts = defineTexts(
  {
    'nav.sending': 'Nosūtīšana',
    'nav.webhooks': 'Paziņojumi programmām',
    'sending.list': 'Nosūtīšana',
    'sending.lead': 'Kā Jūsu rēķini un kredītrēķini nonāk pie maksātājiem.',
    'sending.lead_all': 'Kā rēķini un kredītrēķini nonāk pie maksātājiem.',
    'sending.one': 'Dokumenta {number} nosūtīšana',
    'sending.settings': 'Nosūtīšanas veidi',
    'sending.settings_lead':
      'Ieslēdziet veidus, kā Jūsu organizācija nosūta dokumentus. Katrs maksātājs pats izvēlas, kuru no tiem vēlas.',
    'sending.document': 'Dokuments',
    'sending.channel': 'Veids',
    'sending.channel.download': 'Lejupielāde sistēmā „Vieta”',
    'sending.channel.email': 'E-pasts',
    'sending.channel.access_point': 'Piekļuves punkts (Peppol)',
    'sending.channel.file_drop': 'Faili mapē',
    'sending.short.download': 'Lejupielāde',
    'sending.short.email': 'E-pasts',
    'sending.short.access_point': 'Piekļuves punkts',
    'sending.short.file_drop': 'Faili mapē',
    'sending.recipient': 'Kam',
    'sending.state': 'Statuss',
    'sending.state.queued': 'Gaida nosūtīšanu',
    'sending.state.download': 'Gaida lejupielādi',
    'sending.state.sent': 'Nosūtīts',
    'sending.state.delivered': 'Saņemts',
    'sending.state.refused': 'Atteikts',
    'sending.state.given_up': 'Neizdevās nosūtīt',
    'sending.since': 'Kad',
    'sending.queued_at': 'Sagatavots nosūtīšanai',
    'sending.sent_at': 'Nosūtīts',
    'sending.delivered_at': 'Saņemts',
    'sending.downloaded_at': 'Maksātājs lejupielādēja',
    'sending.next_attempt_at': 'Nākamais mēģinājums',
    'sending.attempts': 'Mēģinājumi',
    'sending.answer': 'Saņēmēja atbilde',
    'sending.reference': 'Numurs pie saņēmēja',
    'sending.why': 'Iemesls',
    'sending.reason.channel_off':
      'Maksātājs vēlas citu veidu, bet tas nav ieslēgts. Dokuments ir pieejams lejupielādei.',
    'sending.reason.no_address': 'Nav zināma maksātāja adrese. Dokuments ir pieejams lejupielādei.',
    'sending.reason.no_einvoice':
      'Šim dokumentam nav e-rēķina: izrakstot nebija zināms kādas puses reģistrācijas numurs.',
    'sending.reason.not_here': 'Šajā sistēmā šāds nosūtīšanas veids nav pieslēgts. Par to rūpējas sistēmas uzturētājs.',
    'sending.reason.settings_unreadable':
      'Nosūtīšanas iestatījumi nav pilnīgi vai nav nolasāmi. Saglabājiet tos vēlreiz.',
    'sending.reason.refused': 'Saņēmējs dokumentu nepieņēma.',
    'sending.reason.unreachable': 'Saņēmēja sistēma nav sasniedzama.',
    'sending.reason.timeout': 'Saņēmēja sistēma neatbildēja laikā.',
    'sending.reason.busy': 'Saņēmēja sistēma lūdza mēģināt vēlāk.',
    'sending.reason.forbidden_address': 'Adrese ved uz iekšēju tīklu, tāpēc tur nekas netiek sūtīts.',
    'sending.reason.endpoint_removed': 'Adrese ir noņemta.',
    'sending.reason.interrupted': 'Nosūtīšana vairākkārt pārtrūka.',
    'sending.reason.broke': 'Nosūtīšanas laikā radās kļūda.',
    'sending.none': 'Vēl nekas nav sūtīts',
    'sending.none_text': 'Dokumenti šeit parādās, kad slēdz mēnesi.',
    'sending.none_found': 'Ar šādu atlasi nekā nav.',
    'sending.again': 'Sūtīt vēlreiz',
    'sending.again_title': 'Sūtīt vēlreiz',
    'sending.again_lead': 'Tas pats dokuments aizies vēl vienu reizi. Darbību žurnālā paliks ieraksts, kas to lūdza.',
    'sending.again_none': 'Neviens nosūtīšanas veids nav ieslēgts.',
    'sending.recipient_hint': 'Tikai e-pastam. Atstājiet tukšu, lai sūtītu uz maksātāja norādīto adresi.',
    'sending.fate': 'Nosūtīšana',
    'sending.fate.queued': 'Gaida nosūtīšanu kopš {at}.',
    'sending.fate.retrying':
      'Vēl nav nosūtīts: {attempts, plural, zero {# mēģinājumu} one {# mēģinājums} other {# mēģinājumi}}, nākamais {next}.',
    'sending.fate.download': 'Kopš {at}.',
    'sending.fate.sent': 'Nosūtīts {at}.',
    'sending.fate.delivered': 'Saņemts {at}.',
    'sending.fate.downloaded': 'Maksātājs lejupielādēja {at}.',
    'sending.fate.refused': 'Saņēmējs dokumentu nepieņēma.',
    'sending.fate.given_up':
      'Neizdevās nosūtīt: {attempts, plural, zero {# mēģinājumu} one {# mēģinājums} other {# mēģinājumi}}.',
    'sending.more': 'Vairāk par nosūtīšanu',
    'sending.mail.subject.invoice': 'Rēķins {number}, {seller}',
    'sending.mail.subject.credit_note': 'Kredītrēķins {number}, {seller}',
    'sending.mail.text.invoice': `Labdien!

Pielikumā ir rēķins {number}.

Pakalpojumu sniedzējs: {seller}
Maksātājs: {buyer}
Mēnesis: {month}
Summa: {amount}
Apmaksas termiņš: {due}
Maksājuma mērķī norādiet: {reference}

{xml, select, yes {PDF ir lasīšanai, XML ir e-rēķins, ko var ielādēt grāmatvedības programmā.} other {PDF ir lasīšanai un drukāšanai.}}
Vēstuli sagatavoja sistēma „Vieta” pakalpojumu sniedzēja vārdā.
`,
    'sending.mail.text.credit_note': `Labdien!

Pielikumā ir kredītrēķins {number}. Par šo summu maksātājam ir jāmaksā mazāk.

Pakalpojumu sniedzējs: {seller}
Maksātājs: {buyer}
Mēnesis: {month}
Summa: {amount}

{xml, select, yes {PDF ir lasīšanai, XML ir e-rēķins, ko var ielādēt grāmatvedības programmā.} other {PDF ir lasīšanai un drukāšanai.}}
Vēstuli sagatavoja sistēma „Vieta” pakalpojumu sniedzēja vārdā.
`,
    'sending.active': 'Ieslēgts',
    'sending.inactive': 'Izslēgts',
    'sending.active_label': 'Sūtīt dokumentus šādi',
    'sending.lead.email': 'Vēstule ar PDF un e-rēķinu uz adresi, ko maksātājs norādījis.',
    'sending.lead.access_point':
      'E-rēķinu nodod piekļuves punktam vai operatoram, un tas ziņo, vai dokuments ir saņemts. Kā pieslēgties, aprakstīts sistēmas dokumentācijā.',
    'sending.lead.file_drop':
      'PDF un e-rēķinu noliek mapē vai S3 krātuvē, no kurienes tos paņem Jūsu e-adreses vai grāmatvedības savienojums.',
    'sending.from_address': 'No kādas e-pasta adreses sūtīt',
    'sending.from_name': 'Sūtītāja vārds',
    'sending.from_name_hint': 'Atstājiet tukšu, lai rādītu organizācijas nosaukumu.',
    'sending.reply_to': 'Uz kuru adresi atbildēt',
    'sending.url': 'Adrese, uz kuru sūtīt e-rēķinus',
    'sending.token': 'Piekļuves atslēga',
    'sending.secret_set': 'Atslēga ir saglabāta, un to vairs nerāda. Atstājiet tukšu, lai to nemainītu.',
    'sending.secret_hint': 'To glabā šifrētu un vairs nerāda.',
    'sending.place': 'Kur nolikt failus',
    'sending.place.folder': 'Mapē uz servera: {folder}',
    'sending.place.s3': 'S3 krātuvē',
    'sending.bucket_url': 'Krātuves adrese',
    'sending.bucket_url_hint': 'Piemēram, https://s3.eu-north-1.amazonaws.com/krātuve',
    'sending.region': 'Reģions',
    'sending.prefix': 'Mape krātuvē',
    'sending.access_key_id': 'Atslēgas identifikators',
    'sending.secret_access_key': 'Slepenā atslēga',
    'sending.e_address': 'Pievienot e-adreses aploksni (EINVOICE)',
    'sending.e_address_hint':
      'Aploksni vēl nav pārbaudījis e-adreses uzturētājs. Pirms lietošanas to izmēģiniet testa vidē.',
    'sending.sender_e_address': 'Jūsu e-adrese',
    'sending.sender_e_address_hint': 'Piemēram, _DEFAULT@90000077325. Atstājiet tukšu, lai izmantotu parasto.',
    'sending.not_here': 'Šajā sistēmā šāds veids nav pieslēgts. Ja tas vajadzīgs, lūdziet sistēmas uzturētāju.',
    'done.channel_saved': 'Nosūtīšanas iestatījumi ir saglabāti.',
    'done.sent_again': 'Dokuments ir nodots nosūtīšanai.',
    'webhook.list': 'Paziņojumi programmām',
    'webhook.lead':
      'Vieta pati pastāsta Jūsu grāmatvedības vai citai programmai, kas noticis ar Jūsu izrakstītajiem un saņemtajiem dokumentiem (webhook).',
    'webhook.list_caption': 'Programmu adreses',
    'webhook.none': 'Vēl nav nevienas adreses',
    'webhook.none_text': 'Pievienojiet adresi, uz kuru Vieta sūtīs ziņas.',
    'webhook.one': 'Programmas adrese',
    'webhook.add': 'Pievienot adresi',
    'webhook.url': 'Adrese',
    'webhook.url_hint': 'Sākas ar https:// un ir sasniedzama internetā.',
    'webhook.events': 'Par ko ziņot',
    'webhook.event.invoice.issued': 'Dokuments izrakstīts',
    'webhook.event.invoice.paid': 'Rēķins apmaksāts',
    'webhook.event.invoice.disputed': 'Rēķins apšaubīts',
    'webhook.event.invoice.credited': 'Izrakstīts kredītrēķins',
    'webhook.event.test': 'Izmēģinājums',
    'webhook.event': 'Notikums',
    'webhook.state': 'Statuss',
    'webhook.active': 'Darbojas',
    'webhook.removed': 'Noņemta',
    'webhook.created': 'Pievienota',
    'webhook.made': 'Adrese ir pievienota',
    'webhook.once': 'Šo atslēgu rāda tikai vienu reizi. Nokopējiet to tagad.',
    'webhook.secret': 'Parakstu atslēga',
    'webhook.how': 'Ar to programma pārbauda parakstu galvenē webhook-signature (Standard Webhooks, HMAC-SHA256).',
    'webhook.to_list': 'Uz adrešu sarakstu',
    'webhook.test': 'Izmēģināt',
    'webhook.send_again': 'Sūtīt vēlreiz to, kas nav saņemts',
    'done.webhook_resent': 'Viss, ko šī adrese nav saņēmusi, ir nodots sūtīšanai vēlreiz.',
    'sending.unreached':
      '{count, plural, zero {# dokumentu nav sasnieguši} one {# dokuments nav sasniedzis} other {# dokumenti nav sasnieguši}} maksātāju. Atveriet un sūtiet vēlreiz vai citā veidā',
    'webhook.remove': 'Noņemt adresi',
    'webhook.remove_text': 'Uz {url} vairs neko nesūtīs. To, kas vēl gaida, arī nenosūtīs.',
    'webhook.deliveries': 'Kas sūtīts',
    'webhook.no_deliveries': 'Uz šo adresi vēl nekas nav sūtīts',
    'webhook.no_deliveries_text': 'Nospiediet „Izmēģināt”, lai redzētu, vai programma atbild.',
    'done.webhook_removed': 'Adrese ir noņemta.',
    'done.webhook_tested': 'Izmēģinājuma ziņa ir nodota nosūtīšanai. Atbilde parādīsies sarakstā pēc brīža.',
    'refusal.channel_not_here':
      'Šajā sistēmā nosūtīšanas veids „{channel, select, email {e-pasts} file_drop {faili mapē} other {piekļuves punkts}}” nav pieslēgts. Lūdziet sistēmas uzturētāju.',
    'refusal.channel_not_active':
      'Nosūtīšanas veids „{channel, select, email {e-pasts} file_drop {faili mapē} other {piekļuves punkts}}” nav ieslēgts. To ieslēdz sadaļā „Nosūtīšanas veidi”.',
    'refusal.sending_still_queued':
      'Šis dokuments šādā veidā jau gaida nosūtīšanu. Pagaidiet, līdz zināms, kas ar to notika.',
    'refusal.report_not_fitting': 'Par šo nosūtījumu tā ziņot nevar: tas vēl nav nosūtīts vai jau ir atteikts.',
    'refusal.too_many_endpoints': 'Adrešu var būt ne vairāk kā {maximum}. Vispirms noņemiet kādu nevajadzīgu.',
    'validation.url': 'Ierakstiet pilnu adresi, piemēram, https://programma.pasvaldiba.lv/vieta',
    'validation.address_url': 'Adresei jābūt tīmekļa adresei bez lietotājvārda un paroles',
    'validation.address_https': 'Adresei jāsākas ar https://',
    'validation.address_private': 'Adresei jābūt sasniedzamai internetā, nevis iekšējā tīklā',
    'validation.secret_again': 'Adrese ir mainīta, tāpēc ierakstiet atslēgu vēlreiz',
    'validation.prefix': 'Lietojiet tikai latīņu burtus, ciparus, punktus, domuzīmes un slīpsvītras',
    'validation.e_address': 'Ierakstiet e-adresi, piemēram, _DEFAULT@90000077325',
  },
  {
    'nav.sending': 'Sending',
    'nav.webhooks': 'Webhooks',
    'sending.list': 'Sending',
    'sending.lead': 'How your invoices and credit notes reach their buyers.',
    'sending.lead_all': 'How invoices and credit notes reach their buyers.',
    'sending.one': 'Sending of {number}',
    'sending.settings': 'Ways of sending',
    'sending.settings_lead':
      'Switch on the ways in which your organisation sends documents. Each buyer chooses which of them it wants.',
    'sending.document': 'Document',
    'sending.channel': 'Way',
    'sending.channel.download': 'Download in Vieta',
    'sending.channel.email': 'E-mail',
    'sending.channel.access_point': 'Access point (Peppol)',
    'sending.channel.file_drop': 'Files in a folder',
    'sending.short.download': 'Download',
    'sending.short.email': 'E-mail',
    'sending.short.access_point': 'Access point',
    'sending.short.file_drop': 'Files in a folder',
    'sending.recipient': 'To whom',
    'sending.state': 'State',
    'sending.state.queued': 'Waiting to be sent',
    'sending.state.download': 'Waiting to be downloaded',
    'sending.state.sent': 'Sent',
    'sending.state.delivered': 'Received',
    'sending.state.refused': 'Refused',
    'sending.state.given_up': 'Could not be sent',
    'sending.since': 'When',
    'sending.queued_at': 'Made ready',
    'sending.sent_at': 'Sent',
    'sending.delivered_at': 'Received',
    'sending.downloaded_at': 'Downloaded by the buyer',
    'sending.next_attempt_at': 'Next attempt',
    'sending.attempts': 'Attempts',
    'sending.answer': 'What the other end answered',
    'sending.reference': 'Number at the other end',
    'sending.why': 'Reason',
    'sending.reason.channel_off':
      'The buyer wants another way, which is not switched on. The document can be downloaded.',
    'sending.reason.no_address': 'No address of the buyer is known. The document can be downloaded.',
    'sending.reason.no_einvoice':
      'This document has no e-invoice: the registration number of one of the parties was not known when it was issued.',
    'sending.reason.not_here': 'This installation cannot send that way. Whoever runs it can set it up.',
    'sending.reason.settings_unreadable': 'The settings are not complete or cannot be read. Save them again.',
    'sending.reason.refused': 'The other end did not accept the document.',
    'sending.reason.unreachable': 'The other end cannot be reached.',
    'sending.reason.timeout': 'The other end did not answer in time.',
    'sending.reason.busy': 'The other end asked to try later.',
    'sending.reason.forbidden_address': 'The address leads into a private network, so nothing is sent there.',
    'sending.reason.endpoint_removed': 'The address was removed.',
    'sending.reason.interrupted': 'Sending was cut off several times.',
    'sending.reason.broke': 'Something went wrong while sending.',
    'sending.none': 'Nothing was sent yet',
    'sending.none_text': 'Documents appear here when a month is closed.',
    'sending.none_found': 'Nothing fits this choice.',
    'sending.again': 'Send again',
    'sending.again_title': 'Send again',
    'sending.again_lead': 'The same document goes once more. The audit log keeps who asked for it.',
    'sending.again_none': 'No way of sending is switched on.',
    'sending.recipient_hint': 'For e-mail only. Leave it empty to send to the address that the buyer has given.',
    'sending.fate': 'Sending',
    'sending.fate.queued': 'Waiting to be sent since {at}.',
    'sending.fate.retrying':
      'Not sent yet: {attempts, plural, one {# attempt} other {# attempts}}, the next one {next}.',
    'sending.fate.download': 'Since {at}.',
    'sending.fate.sent': 'Sent {at}.',
    'sending.fate.delivered': 'Received {at}.',
    'sending.fate.downloaded': 'Downloaded by the buyer {at}.',
    'sending.fate.refused': 'The other end did not accept the document.',
    'sending.fate.given_up': 'Could not be sent: {attempts, plural, one {# attempt} other {# attempts}}.',
    'sending.more': 'More about the sending',
    'sending.mail.subject.invoice': 'Invoice {number}, {seller}',
    'sending.mail.subject.credit_note': 'Credit note {number}, {seller}',
    'sending.mail.text.invoice': `Hello,

invoice {number} is attached.

Provider: {seller}
Buyer: {buyer}
Month: {month}
Amount: {amount}
Due: {due}
Reference for the payment: {reference}

{xml, select, yes {The PDF is for reading, the XML is the e-invoice for your bookkeeping.} other {The PDF is for reading and printing.}}
Vieta sends this mail on behalf of the provider.
`,
    'sending.mail.text.credit_note': `Hello,

credit note {number} is attached. The buyer has so much less to pay.

Provider: {seller}
Buyer: {buyer}
Month: {month}
Amount: {amount}

{xml, select, yes {The PDF is for reading, the XML is the e-invoice for your bookkeeping.} other {The PDF is for reading and printing.}}
Vieta sends this mail on behalf of the provider.
`,
    'sending.active': 'On',
    'sending.inactive': 'Off',
    'sending.active_label': 'Send documents this way',
    'sending.lead.email': 'A mail with the PDF and the e-invoice, to the address that the buyer has given.',
    'sending.lead.access_point':
      'The e-invoice is handed to an access point or operator, which tells whether it was received. The documentation says how to connect.',
    'sending.lead.file_drop':
      'The PDF and the e-invoice are put into a folder or an S3 bucket, where your connection to the e-address or your bookkeeping picks them up.',
    'sending.from_address': 'E-mail address to send from',
    'sending.from_name': 'Name of the sender',
    'sending.from_name_hint': 'Leave it empty to show the name of the organisation.',
    'sending.reply_to': 'Address for replies',
    'sending.url': 'Address to send e-invoices to',
    'sending.token': 'Access token',
    'sending.secret_set': 'A key is stored and is not shown again. Leave it empty to keep it.',
    'sending.secret_hint': 'It is stored encrypted and not shown again.',
    'sending.place': 'Where to put the files',
    'sending.place.folder': 'In a folder of the server: {folder}',
    'sending.place.s3': 'In an S3 bucket',
    'sending.bucket_url': 'Address of the bucket',
    'sending.bucket_url_hint': 'For example https://s3.eu-north-1.amazonaws.com/bucket',
    'sending.region': 'Region',
    'sending.prefix': 'Folder in the bucket',
    'sending.access_key_id': 'Access key id',
    'sending.secret_access_key': 'Secret access key',
    'sending.e_address': 'Add the envelope of the e-address (EINVOICE)',
    'sending.e_address_hint':
      'The keeper of the e-address has not checked the envelope yet. Try it in their test system first.',
    'sending.sender_e_address': 'Your e-address',
    'sending.sender_e_address_hint': 'For example _DEFAULT@90000077325. Leave it empty for the usual one.',
    'sending.not_here': 'This installation cannot send that way. If you need it, ask whoever runs it.',
    'done.channel_saved': 'The settings are saved.',
    'done.sent_again': 'The document is on its way.',
    'webhook.list': 'Webhooks',
    'webhook.lead':
      'Vieta tells your bookkeeping or another program what happens to the documents you issue and receive.',
    'webhook.list_caption': 'Endpoints',
    'webhook.none': 'No endpoint yet',
    'webhook.none_text': 'Add an address that Vieta is to tell.',
    'webhook.one': 'Endpoint',
    'webhook.add': 'Add an endpoint',
    'webhook.url': 'Address',
    'webhook.url_hint': 'It begins with https:// and can be reached on the internet.',
    'webhook.events': 'What to tell',
    'webhook.event.invoice.issued': 'A document was issued',
    'webhook.event.invoice.paid': 'An invoice was paid',
    'webhook.event.invoice.disputed': 'An invoice was disputed',
    'webhook.event.invoice.credited': 'A credit note was issued',
    'webhook.event.test': 'A test',
    'webhook.event': 'Event',
    'webhook.state': 'State',
    'webhook.active': 'In use',
    'webhook.removed': 'Removed',
    'webhook.created': 'Added',
    'webhook.made': 'The endpoint is added',
    'webhook.once': 'This key is shown once only. Copy it now.',
    'webhook.secret': 'Signing key',
    'webhook.how': 'With it your program checks the header webhook-signature (Standard Webhooks, HMAC-SHA256).',
    'webhook.to_list': 'To the list of endpoints',
    'webhook.test': 'Test',
    'webhook.send_again': 'Send again what was not taken',
    'done.webhook_resent': 'Whatever this endpoint has not taken is on its way again.',
    'sending.unreached':
      '{count, plural, one {# document has not reached its buyer} other {# documents have not reached their buyers}}. Open them and send them again or another way',
    'webhook.remove': 'Remove the endpoint',
    'webhook.remove_text': 'Nothing more is sent to {url}, also not what is still waiting.',
    'webhook.deliveries': 'What was sent',
    'webhook.no_deliveries': 'Nothing was sent to this endpoint yet',
    'webhook.no_deliveries_text': 'Press “Test” to see whether the program answers.',
    'done.webhook_removed': 'The endpoint is removed.',
    'done.webhook_tested': 'The test is on its way. The answer will stand in the list in a moment.',
    'refusal.channel_not_here':
      'This installation cannot send by {channel, select, email {e-mail} file_drop {files in a folder} other {access point}}. Ask whoever runs it.',
    'refusal.channel_not_active':
      'Sending by {channel, select, email {e-mail} file_drop {files} other {access point}} is not switched on. See “Ways of sending”.',
    'refusal.sending_still_queued':
      'This document is already on its way like that. Wait until it is known what became of it.',
    'refusal.report_not_fitting': 'This cannot be said of the document: it was not sent yet, or it is refused already.',
    'refusal.too_many_endpoints': 'There can be at most {maximum} endpoints. Remove one first.',
    'validation.url': 'Write the whole address, for example https://program.municipality.lv/vieta',
    'validation.address_url': 'It must be a web address without a user name and a password',
    'validation.address_https': 'The address must begin with https://',
    'validation.address_private': 'The address must be one of the internet, not of a private network',
    'validation.secret_again': 'The address has changed, so give the key again',
    'validation.prefix': 'Use only Latin letters, digits, dots, hyphens and slashes',
    'validation.e_address': 'Write an e-address, for example _DEFAULT@90000077325',
  },
)
