import { defineTexts } from '../ui/define-texts.ts'

/** What is answered to what the rules forbid: what is wrong, where, and what to do. */
export const refusalTexts = defineTexts(
  {
    'refusal.not_found': 'Šādas lapas vai ieraksta nav, vai Jūsu lomai tas nav pieejams.',
    'refusal.not_permitted':
      'Jūsu loma šo darbību neatļauj. Ja tā vajadzīga darbam, lūdziet savas organizācijas administratoram.',
    'refusal.not_signed_in': 'Vispirms pieslēdzieties.',
    'refusal.invalid_input': 'Ievadītajā ir kļūdas. Nekas nav saglabāts.',
    'refusal.body_too_large': 'Nosūtītais ir par lielu. Nekas nav saglabāts.',
    'refusal.body_not_readable': 'Nosūtīto nevar nolasīt: tas nav derīgs JSON vai veidlapa.',
    'refusal.idempotency_key_reused':
      'Šī atkārtojuma atslēga jau lietota citam pieprasījumam. Izmantojiet jaunu atslēgu.',
    'refusal.idempotency_key_in_progress': 'Šis pats pieprasījums vēl tiek izpildīts. Pēc brīža pārbaudiet rezultātu.',
    'refusal.already_carried_out': 'Šis pieprasījums jau ir izpildīts. Otrreiz tas netiek darīts.',
    'refusal.cross_site_write': 'Pieprasījums nāk no citas vietnes, tāpēc tas nav izpildīts.',
    'refusal.records_busy':
      'Šobrīd kāds cits maina tos pašus ierakstus. Nekas nav saglabāts, mēģiniet vēlreiz pēc brīža.',
    'refusal.changed_meanwhile': 'Kāds cits šo ierakstu tikmēr ir mainījis. Atveriet to no jauna un mēģiniet vēlreiz.',
    'refusal.bug': 'Radās kļūda sistēmā. Nekas nav saglabāts. Pieprasījuma numurs: {request_id}.',
    'refusal.sign_in_failed': 'E-pasts vai parole nav pareiza.',
    'refusal.too_many_attempts':
      'Pārāk daudz neveiksmīgu mēģinājumu. Mēģiniet vēlreiz pēc {minutes, plural, zero {# minūtēm} one {# minūtes} other {# minūtēm}}.',
    'refusal.email_taken': 'Cilvēks ar šādu e-pastu jau ir.',
    'refusal.code_taken': 'Organizācija ar šādu kodu jau ir.',
    'refusal.registration_number_taken': 'Organizācija ar šādu reģistrācijas numuru jau ir.',
    'refusal.role_not_known_here': 'Šādas lomas šajā organizācijā nav.',
    'refusal.last_administrator': 'Šis ir organizācijas pēdējais administrators. Vispirms ieceliet citu.',
    'refusal.person_elsewhere':
      'Šim cilvēkam ir lomas arī citā organizācijā, tāpēc viņa piekļuvi kopumā un paroli šeit nevar mainīt. Noņemiet viņa lomas šajā organizācijā.',
    'refusal.password_wrong': 'Pašreizējā parole nav pareiza.',
    'refusal.price_periods_overlap':
      'Cena no {from}{to, select, none {} other { līdz {to}}} pārklājas ar jau esošo cenu no {other_from}{other_to, select, none {} other { līdz {other_to}}}. Vispirms izbeidziet vai labojiet esošo.',
    'refusal.capacity_periods_overlap':
      'Vietu skaits no {from}{to, select, none {} other { līdz {to}}} pārklājas ar jau esošo no {other_from}{other_to, select, none {} other { līdz {other_to}}}. Vispirms labojiet esošo.',
    'refusal.kind_not_known': 'Šāda pakalpojuma veida nav.',
    'refusal.offer_not_published': 'Šis piedāvājums nav publicēts, tāpēc vietu lūgt nevar.',
    'refusal.offer_has_no_price': 'Šim piedāvājumam {date} nav cenas, tāpēc vietu lūgt nevar.',
    'refusal.offer_in_use': 'Pie šī piedāvājuma ir uzņemšanas, tāpēc mērvienību vairs nevar mainīt.',
    'refusal.offer_is_draft': 'Šis piedāvājums vēl ir melnraksts: neviens cits to neredz, tāpēc nav ko izņemt.',
    'refusal.surcharge_in_use': 'Piemaksu „{surcharge}” izmanto kāda uzņemšana vai nosūtījums, tāpēc to nevar noņemt.',
    'refusal.kind_code_taken': 'Pakalpojuma veids ar šādu kodu jau ir.',
    'refusal.referral_not_draft': 'Šis nosūtījums vairs nav melnraksts.',
    'refusal.referral_not_submitted': 'Šis nosūtījums negaida atbildi.',
    'refusal.referral_already_answered':
      'Uz šo nosūtījumu jau ir atbildēts: {status, select, accepted {tas ir pieņemts} offered {vieta ir piedāvāta} other {tas ir noraidīts}}.',
    'refusal.referral_closed': 'Vieta jau ir atrasta citur, tāpēc šis nosūtījums ir slēgts.',
    'refusal.referral_not_offered': 'Šeit vieta nav piedāvāta, tāpēc to nevar izvēlēties.',
    'refusal.answer_too_late': 'Atbildes termiņš ir pagājis, tāpēc vietu vairs nevar piedāvāt.',
    'refusal.buyer_chooses':
      'Šeit atbildes tiek krātas un izvēlas maksātāja pašvaldība: piedāvājiet vietu, nevis pieņemiet.',
    'refusal.answers_not_collected': 'Šeit der pirmā piekrišana: pieņemiet nosūtījumu.',
    'refusal.counter_offer_same': 'Tas pats jau ir lūgts. Norādiet, kas būtu citādi, vai pieņemiet nosūtījumu.',
    'refusal.counter_offer_not_open': 'Šis priekšlikums vairs negaida atbildi. Atveriet nosūtījumu no jauna.',
    'refusal.reservation_not_held': 'Šim nosūtījumam vieta nav rezervēta.',
    'refusal.asked_already': 'Šim cilvēkam vieta piedāvājumā „{title}” jau ir lūgta un gaida atbildi.',
    'refusal.request_not_open': 'Šis pieprasījums jau ir slēgts.',
    'refusal.bridge_nothing_awaited': 'Šis cilvēks citu vietu vairs negaida, tāpēc pagaidu vieta nav vajadzīga.',
    'refusal.bridge_begins_later':
      'Cilvēks no {date} ir pagaidu vietā. Pastāvīgā vieta var sākties ne agrāk kā nākamajā dienā.',
    'refusal.bridged_already': 'Šim cilvēkam pagaidu vieta jau ir.',
    'refusal.offer_no_bridge': '„{title}” nav pagaidu vieta. Izvēlieties krīzes istabu vai īslaicīgu aprūpi.',
    'refusal.queued_already': 'Šis cilvēks uz šo vietu jau gaida rindā.',
    'refusal.queue_entry_ended': 'Šis cilvēks rindā vairs negaida.',
    'refusal.queue_place_not_offered': 'Pašlaik vieta nav piedāvāta, vai arī atbildes laiks ir pagājis.',
    'refusal.no_place_free':
      '{date} brīvu vietu nepietiek: vietu skaits {capacity}, aizņemtas {taken}, vajag {places}.',
    'refusal.surcharge_not_offered': 'Piedāvājumam nav piemaksas „{surcharge}”.',
    'refusal.weekdays_not_offered': 'Šajā piedāvājumā vietas nedala pa nedēļas dienām: vieta ir aizņemta katru dienu.',
    'refusal.parts_exceed_capacity':
      '{date} {parts, plural, zero {būtu atdalītas # vietu} one {būtu atdalīta # vieta} other {būtu atdalītas # vietas}}, bet pavisam to ir {capacity}.',
    'refusal.capacity_below_parts':
      'Vietu skaits {date} būtu {capacity}, bet citiem vai programmām atdalīto vietu skaits ir {parts}. Vispirms atceliet kādu atdalīto daļu vai atstājiet vairāk vietu.',
    'refusal.stays_above_capacity':
      'Vietu skaits {date} būtu {capacity}, bet aizņemto vietu skaits ir {taken}. Apstipriniet, ka to zināt, vai atstājiet vairāk vietu.',
    'refusal.over_rules_overlap': 'Šajā periodā jau ir kārtība vietu skaita pārsniegšanai. Vispirms noņemiet to.',
    'refusal.over_not_allowed':
      'Noteikumi neatļauj vietu skaitu pārsniegt: {date} aizņemtas {taken} no {capacity} vietām, vajag vēl {places}.',
    'refusal.over_too_long':
      'Vietu skaitu drīkst pārsniegt ne ilgāk kā {most_days, plural, zero {# dienas} one {# dienu} other {# dienas}}; šī uzņemšana to pārsniegtu ilgāk.',
    'refusal.weekdays_in_use': 'Dalījumu pa nedēļas dienām vēl nevar atcelt: tā ir uzņemts vai gaida kāds cilvēks.',
    'refusal.placement_cancelled': 'Šī uzņemšana ir atcelta.',
    'refusal.placement_begun':
      'Uzņemšana jau ir sākusies {date}, tāpēc to vairs nevar atcelt. Izbeidziet to, norādot pēdējo dienu.',
    'refusal.placement_invoiced':
      'Par šo uzņemšanu jau ir rēķins vai reģistrēta diena. Atceliet to pēc nākamās mēneša slēgšanas, kad pārrēķins ir pabeigts.',
    'refusal.placement_goes_on': 'Šī uzņemšana turpinās citā. Vispirms atceliet to, kas ir pēc tās.',
    'refusal.placement_ended': 'Šī uzņemšana jau ir beigusies {date}.',
    'refusal.end_before_start': 'Beigu datums {end} ir pirms sākuma {start}.',
    'refusal.prolongation_not_later': 'Pagarinājumam jābeidzas pēc {date}.',
    'refusal.stay_too_long':
      'Šeit uzturēšanās drīkst ilgt līdz {date} (ne vairāk kā {months, plural, zero {# mēnešu} one {# mēnesi} other {# mēnešus}}).',
    'refusal.stay_longer_needs_reason':
      'Šeit uzturēšanās parasti ilgst līdz {date} (ne vairāk kā {months, plural, zero {# mēnešu} one {# mēnesi} other {# mēnešus}}). Ja vajadzīgs ilgāk, laukā „Kāpēc vajadzīgs ilgāk” uzrakstiet iemeslu.',
    'refusal.day_of_other_stay':
      'Diena {date} jau pieder citai šī cilvēka uzņemšanai, kas ir pirms vai pēc šīs: par vienu dienu divreiz nemaksā.',
    'refusal.move_proposed_already':
      'Šai uzņemšanai vietas vai maksātāja maiņa jau ir pieteikta. Vispirms sagaidiet atbildi vai atsauciet pieteikumu.',
    'refusal.payer_of_nobody':
      'Rezervētām vietām maksātāju nemaina: izbeidziet šo uzņemšanu, un otra pašvaldība lai lūdz savu vietu.',
    'refusal.move_not_open': 'Uz šo pieteikumu jau ir atbildēts, vai tas ir atsaukts.',
    'refusal.move_of_once': 'Par šo pakalpojumu maksā vienu reizi, tāpēc vietu vai maksātāju tam nemaina.',
    'refusal.move_not_after_start': 'Maiņas dienai jābūt vēlāk par uzņemšanas pirmo dienu ({date}).',
    'refusal.commitment_needs_approval':
      'Tas maksātu {amount} €, bet bez otra cilvēka piekrišanas drīkst līdz {limit} €. Lūdziet finansistam apstiprināt.',
    'refusal.payer_decides': 'Tik ilgi pagarināt var tikai maksātāja pašvaldība. Uzrakstiet tai ziņu.',
    'refusal.commitment_asked': 'Apstiprinājums jau ir lūgts un gaida atbildi.',
    'refusal.commitment_answered': 'Uz šo jau ir atbildēts.',
    'refusal.block_needs_calendar_unit': 'Vietas var rezervēt tikai pakalpojumam, ko skaita pa dienām vai mēnešiem.',
    'refusal.paper_of_nobody': 'Šīs ir rezervētas vietas: dokumenti vajadzīgi tikai cilvēkam.',
    'refusal.placement_has_no_end': 'Šai uzņemšanai nav beigu datuma, tāpēc nav ko pagarināt.',
    'refusal.end_after_agreed': 'Uzņemšana ir spēkā līdz {date}. Ja cilvēks paliek ilgāk, vispirms to pagariniet.',
    'refusal.resident_known': 'Cilvēks ar šo personas kodu jau ir reģistrēts ar kodu {token}.',
    'refusal.facts_outside_placement':
      'Ārpus jaunā perioda jau ir ierakstīti apmeklējumi ({date}). Vispirms atsauciet tos.',
    'refusal.delivery_outside_placement': '{date} ir ārpus uzņemšanas perioda ({from} – {to}).',
    'refusal.delivery_in_future': '{date} vēl nav pienācis: pakalpojumu ieraksta, kad tas ir sniegts.',
    'refusal.unit_not_recorded':
      'Šim pakalpojumam apjomu aprēķina pēc uzņemšanas datumiem, tāpēc apmeklējumus neieraksta.',
    'refusal.absences_overlap':
      'Prombūtne no {from} līdz {to} pārklājas ar jau ierakstīto no {other_from} līdz {other_to}.',
    'refusal.absence_outside_placement':
      'Prombūtne no {from} līdz {to} ir ārpus uzņemšanas perioda ({placement_from} – {placement_to}).',
    'refusal.import_not_readable':
      'Nekas nav saglabāts: {reason, select, encoding {fails nav saglabāts UTF-8 kodējumā. Excel izvēlnē „Saglabāt kā” izvēlieties „CSV UTF-8” vai XLSX} empty {fails ir tukšs} header_only {failā ir tikai virsrakstu rinda} column_missing {pirmajā rindā nav kolonnas „Kods”} column_twice {kolonna „{column}” failā ir divreiz} too_long {failā ir vairāk nekā {maximum} rindu. Sadaliet to vairākos failos} too_many_offers {failā ir vairāk nekā {maximum} piedāvājumu. Sadaliet to vairākos failos} too_large {fails ir lielāks par {maximum} MB} json {JSON failā ir kļūda, tāpēc to nevar nolasīt} other {to nevar nolasīt. Der XLSX, CSV vai HSDS JSON fails}}.',
    'refusal.csv_not_readable':
      'Nekas nav saglabāts: {reason, select, encoding {fails nav saglabāts UTF-8 kodējumā. Excel izvēlnē „Saglabāt kā” izvēlieties „CSV UTF-8”} empty {fails ir tukšs} header_only {failā ir tikai virsrakstu rinda} column_missing {pirmajā rindā nav kolonnas „{column}”} column_twice {kolonna „{column}” failā ir divreiz} too_long {failā ir vairāk nekā {maximum} rindu. Sadaliet to vairākos failos} quotes {{line}. rindā ir neaizvērtas vai nevietā liktas pēdiņas} recorded {visas šī faila rindas jau ir ierakstītas} other {to nevar nolasīt kā CSV failu}}.',
    'refusal.month_not_over': 'Mēnesis {month} vēl nav beidzies.',
    'refusal.month_already_closed': 'Mēnesis {month} jau ir slēgts.',
    'refusal.month_out_of_order': 'Mēnešus slēdz pēc kārtas: vispirms {expected}.',
    'refusal.confirmed_otherwise':
      'Pa šo laiku sniedzējs ir mainījis ierakstītās dienas. Pārskatiet tās un apstipriniet vēlreiz.',
    'refusal.day_not_counted': 'Datumā {date} šeit nekas nav ierakstīts.',
    'refusal.dispute_invoices_only': 'Iebilst var pret rēķina rindu; kredītrēķins summu atdod.',
    'refusal.dispute_time_barred': 'Pret šo rēķinu varēja iebilst līdz {date}',
    'refusal.dispute_more_than_line': 'Šajā rindā vēl var apšaubīt ne vairāk kā {left} EUR.',
    'refusal.dispute_step_not_possible':
      'Šo soli vairs nevar veikt: iebildums jau ir citā stāvoklī. Atveriet to vēlreiz un apskatiet, kas ir noticis.',
    'refusal.dispute_not_overdue':
      'Sniedzējam ir laiks atbildēt līdz {date} Reģiona lēmumu var lūgt pēc tam vai pēc noraidījuma.',
    'refusal.dispute_too_late': 'Reģiona lēmumu varēja lūgt līdz {date}',
    'refusal.dispute_without_region': 'Ne sniedzējs, ne maksātājs nav nevienā reģionā, kas varētu lemt.',
    'refusal.too_many_saved_searches':
      'Saglabāt var ne vairāk kā {maximum, plural, zero {# meklējumu} one {# meklējumu} other {# meklējumus}}. Dzēsiet kādu, kas vairs nav vajadzīgs.',
    'refusal.provider_not_registered':
      '{provider, select, none {Šī veida pakalpojumu drīkst sniegt tikai reģistrēts sniedzējs, bet piedāvājumam sniedzējs nav norādīts. Labojiet piedāvājumu: izvēlieties sniedzēju, kuram ierakstīts numurs Sociālo pakalpojumu sniedzēju reģistrā.} other {Sniedzējam „{provider}” nav ierakstīts numurs Sociālo pakalpojumu sniedzēju reģistrā. Ierakstiet to savas pašvaldības lapā pie sniedzējiem un publicējiet vēlreiz.}}',
    'refusal.provider_suspended': 'Sniedzēja darbība ir apturēta no {date}: jaunus nosūtījumus tas nepieņem.',
    'refusal.organisation_merged':
      '{name} no {date} ir apvienota ar citu pašvaldību. Jaunus ierakstus tās vārdā vairs neveido: to vietā rīkojas {successor}.',
    'refusal.merger_party_taken': '{name} jau ir iesaistīta citā apvienošanā.',
    'refusal.merger_not_open': 'Šī apvienošana jau ir notikusi vai atsaukta.',
    'refusal.provider_not_suspended': 'Šī sniedzēja darbība nav apturēta.',
    'refusal.feedback_given': 'Par šo uzņemšanu atsauksme jau ir uzrakstīta.',
    'refusal.feedback_answered': 'Uz šo atsauksmi jau ir atbildēts.',
    'refusal.stay_not_ended': 'Atsauksmi var rakstīt, kad uzņemšana ir beigusies.',
    'refusal.file_store_unreachable':
      'Failu krātuvi pašlaik nevar sasniegt. Nekas nav saglabāts: mēģiniet vēlreiz pēc brīža vai nosūtiet tekstu bez faila.',
    'refusal.file_damaged':
      'Krātuvē esošais fails nav tas, kas tika nosūtīts, tāpēc to neizsniedzam. Pasakiet sistēmas uzturētājam.',
    'refusal.message_too_many_files':
      'Vienai sarakstei var pievienot ne vairāk kā {maximum, plural, zero {# failu} one {# failu} other {# failus}}.',
    'refusal.dispute_too_many_files': 'Vienam iebildumam var pievienot ne vairāk kā {maximum} failu.',
    'refusal.month_has_findings': 'Mēnesi vēl nevar slēgt ({month}): vispirms jānovērš tas, kas atzīmēts „jālabo”.',
    'refusal.more_than_open': 'Dokumentam {document} vēl nav nokārtoti {open} EUR – vairāk par to ierakstīt nevar.',
    'refusal.reversed_already': 'Tas jau ir atcelts.',
    'refusal.interest_claimed_later':
      'Par vēlākām šī rēķina dienām procenti ir pieprasīti atsevišķi. Vispirms atsauciet tos.',
    'refusal.nothing_new': 'Kopš pēdējās eksportēšanas nekas jauns nav iegrāmatots.',
    'refusal.statement_not_readable':
      'Nekas nav saglabāts: {reason, select, empty {failā nav neviena ieraksta} too_large {fails ir lielāks par 32 MB} encoding {faila kodējumu nevar nolasīt} doctype {{line}. rindā ir DOCTYPE, un tādus failus nepieņemam} xml {fails {line}. rindā ir bojāts vai nepilns} kind {tas nav camt.053 izraksts (02. līdz 08. versija)} no_statement {failā nav izraksta} no_account {failā nav norādīts konts (IBAN)} statement {izrakstam trūkst vai nav derīgs „{element}”} entry {{entry}. ierakstam ({line}. rinda) trūkst vai nav derīgs „{element}”} columns {nav atrastas datuma un summas kolonnas. Norādiet to nosaukumus maksājumu iestatījumos} quotes {{line}. rindā ir neaizvērtas vai nevietā liktas pēdiņas} row {{line}. rindā nav derīgs lauks „{element}”} other {to nevar nolasīt kā konta izrakstu}}.',
    'refusal.statement_of_other_account':
      'Nekas nav saglabāts: konts {iban} nav Jūsu organizācijas konts. Savus kontus pievieno maksājumu iestatījumos.',
    'refusal.movement_matched': 'Šis ieraksts jau ir sasaistīts ar maksājumu.',
    'refusal.movement_not_matched': 'Šim ierakstam nav ko darīt: tas nav sasaistīts, vai tam nav priekšlikuma.',
    'refusal.payment_in_use': 'Vispirms atceliet saistīto atmaksu: daļa no šī maksājuma jau ir atdota.',
    'refusal.proposal_not_open': 'Tas ar šo maksājumu sarakstu vairs nav iespējams: tā statuss ir mainījies.',
    'refusal.proposal_changed':
      'Dokumentam {document} vairs nav apmaksājami {amount} EUR. Noņemiet to no saraksta vai izveidojiet jaunu sarakstu.',
    'refusal.nothing_to_pay': 'Šajā sarakstā nav izvēlēts nekas, par ko jāmaksā.',
    'refusal.creditor_without_account':
      'Organizācijai „{name}” nav norādīts bankas konts, tāpēc tai nevar samaksāt. Noņemiet tās rēķinus vai palūdziet to norādīt.',
    'refusal.debtor_account_unknown': 'Tas nav Jūsu organizācijas konts.',
    'refusal.approval_by_second_person':
      'Saraksts pārsniedz {limit} EUR, tāpēc to apstiprina cits cilvēks, nevis tas, kurš to sagatavoja.',
    'refusal.bank_account_taken': 'Šis konts jau ir pievienots.',
    'refusal.einvoice_refused': 'E-rēķinu nevar saņemt.',
    'refusal.received_differs':
      'Šis piegādātājs {date} jau ir atsūtījis dokumentu ar numuru {number}, bet ar citu saturu. Palūdziet jaunu numuru.',
    'refusal.received_has_faults': 'Dokumentā ir kļūdas ({count}), tāpēc to nevar pieņemt. Apšaubiet vai noraidiet to.',
    'refusal.received_not_open': 'Dokuments {number} jau ir atbildēts, un šādu atbildi tagad dot nevar.',
    'refusal.einvoice_party_unknown':
      'Dokumentam {number} e-rēķina nav: dienā, kad to izrakstīja, nebija zināms ne „{party}” reģistrācijas numurs, ne PVN numurs. Administrators tos ieraksta sadaļā „Organizācijas”; tad e-rēķins būs visiem turpmākajiem dokumentiem.',
    'refusal.agreement_not_open':
      'Šo līgumu vairs nevar mainīt vai parakstīt: to jau parakstījušas abas puses, vai projekts ir atsaukts.',
    'refusal.agreement_not_in_force': 'Šis līgums nav abpusēji parakstīts, tāpēc nav ko izbeigt.',
    'refusal.agreement_signed_already': 'Jūsu puse šo līgumu jau ir parakstījusi.',
    'refusal.agreement_end_past': 'Līgumu var izbeigt no šodienas ({date}) vai vēlāk.',
    'refusal.agreement_end_too_late': 'Līgums ir noslēgts tikai līdz {date}. Lai to turpinātu, sagatavojiet jaunu.',
    'refusal.agreements_overlap':
      'Šajā periodā šīm pašvaldībām jau ir spēkā cits līgums par tiem pašiem pakalpojumiem. Vispirms izbeidziet to vai mainiet datumus.',
    'validation.two_parties': 'Līgumam vajag divas dažādas puses',
    'validation.own_party': 'Vienai no pusēm jābūt Jūsu pašvaldībai',
    'validation.parties_stay': 'Puses līgumā vairs nemaina. Sagatavojiet jaunu līgumu',
    'refusal.netting_not_agreed':
      'Par ieskaitu nav vienošanās: vajag spēkā esošu līgumu, kurā ieskaits atļauts, vai dalību reģiona ieskaitu lokā.',
    'refusal.nothing_to_net':
      'Šobrīd nav savstarpēju parādu, ko ieskaitīt: naudu pārskaitīt vajadzētu tikpat, cik bez ieskaita.',
    'refusal.netting_item_held':
      'Kāds no šiem rēķiniem tieši tagad ir iekļauts citā ieskaita piedāvājumā. Pagaidiet, līdz uz to ir atbildēts.',
    'refusal.not_late': 'Šim maksātājam šobrīd nav kavētu rēķinu.',
    'refusal.no_interest': 'Par šo rēķinu līdz šai dienai procentu nav, vai tie jau ir pieprasīti.',
    'refusal.nothing_to_claim': 'Šim finansētājam līdz šim mēnesim nav nekā, kas vēl nebūtu kādā prasībā.',
    'refusal.claim_not_open': 'Prasībai šo soli vairs nevar veikt: tā jau ir citā posmā.',
    'refusal.netting_not_open': 'Uz šo ieskaita piedāvājumu vairs nevar atbildēt.',
    'refusal.netting_not_settled': 'Šis ieskaits nav spēkā, tāpēc nav ko atcelt vai apmaksāt.',
    'refusal.netting_transfer_paid': 'Pēc šī ieskaita jau ir veikts pārskaitījums. Vispirms jāatceļ tas.',
    'refusal.balance_confirmation_exists': 'Šīm pašvaldībām uz šo datumu salīdzināšanas akts jau ir: {number}.',
    'refusal.balance_confirmation_answered': 'Uz šo aktu jau ir atbildēts.',
    'refusal.balance_confirmation_not_answered': 'Šajā aktā nav atšķirību, ko nokārtot.',
    'validation.too_many_digits': 'Skaitlis ir par lielu: pirms komata ne vairāk kā {maximum} cipari',
    'validation.id': 'Šis nav derīgs identifikators',
    'validation.decimal_as_text': 'Skaitlim jābūt tekstam pēdiņās, piemēram, "12.50"',
    'validation.cursor': 'Šis nav derīgs lapas rādītājs',
    'validation.characters': 'Tekstā ir neatļautas rakstzīmes',
    'validation.unknown_field': 'Šāda lauka nav',
    'validation.not_known': 'Šāda ieraksta nav',
    'validation.instant': 'Šis nav derīgs datums un laiks',
    'validation.days_ahead': 'Ne vairāk kā {days, plural, zero {# dienu} one {# diena} other {# dienas}} uz priekšu',
    'validation.days_in_order': 'Šis termiņš nevar būt pirms iepriekšējā',
  },
  {
    'refusal.not_found': 'There is no such page or record, or it is not open to your role.',
    'refusal.not_permitted':
      'Your role does not allow this. If your work needs it, ask your organisation’s administrator.',
    'refusal.not_signed_in': 'Sign in first.',
    'refusal.invalid_input': 'There are mistakes in what was entered. Nothing was saved.',
    'refusal.body_too_large': 'What was sent is too large. Nothing was saved.',
    'refusal.body_not_readable': 'What was sent cannot be read: it is not valid JSON or a form.',
    'refusal.idempotency_key_reused': 'This idempotency key was used for another request. Use a new key.',
    'refusal.idempotency_key_in_progress':
      'This same request is still being carried out. Look at the result in a moment.',
    'refusal.already_carried_out': 'This request was carried out already. It is not done twice.',
    'refusal.cross_site_write': 'The request comes from another site and was not carried out.',
    'refusal.records_busy':
      'Somebody else is changing the same records right now. Nothing was saved; try again in a moment.',
    'refusal.changed_meanwhile': 'Somebody else changed this record meanwhile. Open it again and retry.',
    'refusal.bug': 'Something went wrong in the system. Nothing was saved. Request number: {request_id}.',
    'refusal.sign_in_failed': 'The e-mail or the password is not right.',
    'refusal.too_many_attempts': 'Too many failed attempts. Try again in {minutes} minutes.',
    'refusal.email_taken': 'There is a person with this e-mail already.',
    'refusal.code_taken': 'There is an organisation with this code already.',
    'refusal.registration_number_taken': 'There is an organisation with this registration number already.',
    'refusal.role_not_known_here': 'There is no such role in this organisation.',
    'refusal.last_administrator': 'This is the organisation’s last administrator. Appoint another one first.',
    'refusal.person_elsewhere':
      'This person also has roles in another organisation, so access as a whole and the password cannot be changed here. Take away the roles in this organisation instead.',
    'refusal.password_wrong': 'The current password is not right.',
    'refusal.price_periods_overlap':
      'The price from {from}{to, select, none {} other { to {to}}} overlaps the existing price from {other_from}{other_to, select, none {} other { to {other_to}}}. End or correct the existing one first.',
    'refusal.capacity_periods_overlap':
      'The capacity from {from}{to, select, none {} other { to {to}}} overlaps the existing one from {other_from}{other_to, select, none {} other { to {other_to}}}. Correct the existing one first.',
    'refusal.kind_not_known': 'There is no such service kind.',
    'refusal.offer_not_published': 'This offer is not published, so no place can be requested.',
    'refusal.offer_has_no_price': 'This offer has no price on {date}, so no place can be requested.',
    'refusal.offer_in_use': 'There are placements at this offer, so its unit can no longer change.',
    'refusal.offer_is_draft': 'This offer is still a draft: nobody else sees it, so there is nothing to withdraw.',
    'refusal.surcharge_in_use': 'A placement or a referral takes the surcharge “{surcharge}”, so it cannot be removed.',
    'refusal.kind_code_taken': 'There is a service kind with this code already.',
    'refusal.referral_not_draft': 'This referral is no longer a draft.',
    'refusal.referral_not_submitted': 'This referral does not wait for an answer.',
    'refusal.referral_already_answered':
      'This referral was answered already: {status, select, accepted {it was accepted} offered {a place was offered} other {it was declined}}.',
    'refusal.referral_closed': 'A place was found elsewhere, so this referral is closed.',
    'refusal.referral_not_offered': 'No place was offered here, so it cannot be chosen.',
    'refusal.answer_too_late': 'The time to answer is over, so a place can no longer be given.',
    'refusal.buyer_chooses': 'Answers are collected here and the buyer chooses: offer the place instead of accepting.',
    'refusal.answers_not_collected': 'The first yes holds here: accept the referral.',
    'refusal.counter_offer_same': 'That is what was asked for. Say what would be different, or accept the referral.',
    'refusal.counter_offer_not_open': 'This proposal no longer waits for an answer. Open the referral again.',
    'refusal.reservation_not_held': 'No place is kept for this referral.',
    'refusal.asked_already': 'A place in “{title}” was already asked for this person and waits for an answer.',
    'refusal.request_not_open': 'This request is closed already.',
    'refusal.bridge_nothing_awaited':
      'This person does not wait for another place (any more), so no bridging place is needed.',
    'refusal.bridge_begins_later':
      'From {date} the person is in a bridging place. The place itself can begin on the day after at the earliest.',
    'refusal.bridged_already': 'This person has a bridging place already.',
    'refusal.offer_no_bridge': '“{title}” is no bridging place. Choose a crisis room or short-term care.',
    'refusal.queued_already': 'This person waits for this place already.',
    'refusal.queue_entry_ended': 'This person no longer waits in line.',
    'refusal.queue_place_not_offered': 'No place is offered now, or the time to answer is over.',
    'refusal.no_place_free': 'Not enough free places on {date}: capacity {capacity}, taken {taken}, needed {places}.',
    'refusal.surcharge_not_offered': 'The offer has no surcharge “{surcharge}”.',
    'refusal.weekdays_not_offered':
      'The places of this offer are not shared by days of the week: a place is taken every day.',
    'refusal.parts_exceed_capacity': 'On {date} {parts} places would be set apart, and there are {capacity} in all.',
    'refusal.capacity_below_parts':
      'On {date} the capacity would be {capacity}, and {parts} are set aside for others or paid for by programmes. Give up a part first, or leave more places.',
    'refusal.stays_above_capacity':
      'On {date} the capacity would be {capacity}, and {taken} are taken. Confirm that you know it, or leave more places.',
    'refusal.over_rules_overlap': 'A rule of going beyond the capacity holds then already. Remove it first.',
    'refusal.over_not_allowed':
      'The rules do not allow going beyond the capacity: on {date} {taken} of {capacity} places are taken, and {places} more are needed.',
    'refusal.over_too_long':
      'The capacity may be exceeded for at most {most_days, plural, one {# day} other {# days}}; this stay would exceed it for longer.',
    'refusal.weekdays_in_use': 'Places must still be shared by days of the week: somebody stays or waits so.',
    'refusal.placement_cancelled': 'This placement was cancelled.',
    'refusal.placement_begun':
      'The placement began on {date}, so it can no longer be cancelled. End it with its last day instead.',
    'refusal.placement_invoiced':
      'Something was invoiced or recorded for this placement. Cancel it after the next close, when that has been put right.',
    'refusal.placement_goes_on': 'This placement goes on in another one. Cancel the one after it first.',
    'refusal.placement_ended': 'This placement ended on {date}.',
    'refusal.end_before_start': 'The end {end} is before the start {start}.',
    'refusal.prolongation_not_later': 'A prolongation must end after {date}.',
    'refusal.stay_too_long':
      'A stay here may last {months, plural, one {# month} other {# months}} at most: until {date}.',
    'refusal.stay_longer_needs_reason':
      'A stay here usually lasts until {date} (at most {months, plural, one {# month} other {# months}}). Where more is needed, give the reason in the field “Why longer is needed”.',
    'refusal.day_of_other_stay':
      'The day {date} belongs to the part of the stay before or after this one: no day is paid twice.',
    'refusal.move_proposed_already':
      'A move of this stay is proposed already. Wait for the answer, or withdraw it first.',
    'refusal.payer_of_nobody':
      'Reserved places do not change their payer: end this placement and let the other municipality ask for its own.',
    'refusal.move_not_open': 'This proposal has been answered or withdrawn.',
    'refusal.move_of_once': 'This service is paid a single time, so there is nothing to move.',
    'refusal.move_not_after_start': 'The day of the move must be later than the first day of the stay ({date}).',
    'refusal.commitment_needs_approval':
      'This would cost {amount} €, and without a second person {limit} € may be committed. Ask somebody in finance to approve it.',
    'refusal.payer_decides': 'Only the payer of this stay can prolong it by so much. Write to them.',
    'refusal.commitment_asked': 'Approval has been asked and waits for an answer.',
    'refusal.commitment_answered': 'This has been answered.',
    'refusal.block_needs_calendar_unit': 'Places can be booked only for a service that is counted by days or months.',
    'refusal.paper_of_nobody': 'These are reserved places: only a person needs papers.',
    'refusal.placement_has_no_end': 'This placement has no end date, so there is nothing to prolong.',
    'refusal.end_after_agreed': 'The placement lasts until {date}. If the person stays longer, prolong it first.',
    'refusal.resident_known': 'A person with this personal code is registered already, as {token}.',
    'refusal.facts_outside_placement': 'Deliveries are recorded outside the new period ({date}). Withdraw them first.',
    'refusal.delivery_outside_placement': '{date} is outside the placement ({from} – {to}).',
    'refusal.delivery_in_future': '{date} has not come yet: a service is recorded when it was given.',
    'refusal.unit_not_recorded':
      'This service is counted from the dates of the placement, so no deliveries are recorded.',
    'refusal.absences_overlap':
      'The absence from {from} to {to} overlaps the one recorded from {other_from} to {other_to}.',
    'refusal.absence_outside_placement':
      'The absence from {from} to {to} is outside the placement ({placement_from} – {placement_to}).',
    'refusal.import_not_readable':
      'Nothing was saved: {reason, select, encoding {the file is not saved as UTF-8. In Excel choose “CSV UTF-8” or XLSX under “Save as”} empty {the file is empty} header_only {the file has only its line of headers} column_missing {the first line has no column “Code”} column_twice {the file has the column “{column}” twice} too_long {the file has more than {maximum} rows. Divide it into several files} too_many_offers {the file has more than {maximum} offers. Divide it into several files} too_large {the file is larger than {maximum} MB} json {the JSON has a mistake and cannot be read} other {it cannot be read. XLSX, CSV and HSDS JSON will do}}.',
    'refusal.csv_not_readable':
      'Nothing was saved: {reason, select, encoding {the file is not saved as UTF-8. In Excel choose “CSV UTF-8” under “Save as”} empty {the file is empty} header_only {the file has only its line of headers} column_missing {the first line has no column “{column}”} column_twice {the file has the column “{column}” twice} too_long {the file has more than {maximum} lines. Divide it into several files} quotes {line {line} has quotation marks that are not closed or out of place} recorded {every line of this file is recorded already} other {it cannot be read as a CSV file}}.',
    'refusal.month_not_over': 'The month {month} is not over yet.',
    'refusal.month_already_closed': 'The month {month} is closed already.',
    'refusal.month_out_of_order': 'Months are closed in order: {expected} comes first.',
    'refusal.confirmed_otherwise':
      'The seller has changed the recorded days meanwhile. Look at them and confirm again.',
    'refusal.day_not_counted': 'Nothing is recorded here on {date}.',
    'refusal.dispute_invoices_only': 'A line of an invoice can be disputed; a credit note gives back.',
    'refusal.dispute_time_barred': 'This invoice could be disputed until {date}.',
    'refusal.dispute_more_than_line': 'No more than {left} EUR of this line can be put in doubt.',
    'refusal.dispute_step_not_possible':
      'This step is no longer possible: the dispute stands otherwise by now. Open it again and see what has happened.',
    'refusal.dispute_not_overdue':
      'The seller has until {date} to answer. The region can be asked to decide after that, or after a rejection.',
    'refusal.dispute_too_late': 'The region could be asked to decide until {date}.',
    'refusal.dispute_without_region': 'Neither the seller nor the buyer belongs to a region that could decide.',
    'refusal.too_many_saved_searches':
      'No more than {maximum} searches can be saved. Delete one that is not needed any more.',
    'refusal.provider_not_registered':
      '{provider, select, none {Only a registered provider may give this kind of service, and the offer names none. Edit the offer: choose a provider whose number in the register of social service providers is entered.} other {The provider “{provider}” has no number in the register of social service providers. Enter it on your municipality’s page among the providers, and publish again.}}',
    'refusal.provider_suspended': 'The provider is suspended from {date}: it takes no new referrals.',
    'refusal.organisation_merged':
      '{name} has merged on {date}. Nothing new is recorded in its name: {successor} acts in its place.',
    'refusal.merger_party_taken': '{name} is part of another merger already.',
    'refusal.merger_not_open': 'This merger has been carried out or withdrawn already.',
    'refusal.provider_not_suspended': 'This provider is not suspended.',
    'refusal.feedback_given': 'Feedback about this stay is already given.',
    'refusal.feedback_answered': 'This feedback is already answered.',
    'refusal.stay_not_ended': 'Feedback can be given when the stay has ended.',
    'refusal.file_store_unreachable':
      'The store of files cannot be reached right now. Nothing was saved: try again in a while, or send the words without the file.',
    'refusal.file_damaged':
      'The file in the store is not the one that was sent, so it is not given out. Tell whoever runs Vieta.',
    'refusal.message_too_many_files': 'A thread takes no more than {maximum} files.',
    'refusal.dispute_too_many_files': 'A dispute takes no more than {maximum} files.',
    'refusal.month_has_findings': 'The month {month} cannot be closed until its findings are put right.',
    'refusal.more_than_open': 'Only {open} EUR of {document} is still open: no more than that can be recorded.',
    'refusal.reversed_already': 'This was taken back before.',
    'refusal.interest_claimed_later':
      'Interest for later days of this invoice was claimed separately. Take that back first.',
    'refusal.nothing_new': 'Nothing new has been booked since the last export.',
    'refusal.statement_not_readable':
      'Nothing was saved: {reason, select, empty {the file holds no entry} too_large {the file is larger than 32 MB} encoding {the encoding of the file cannot be read} doctype {line {line} has a DOCTYPE, and such files are not taken} xml {the file is broken or not complete at line {line}} kind {this is no camt.053 statement (versions 02 to 08)} no_statement {the file holds no statement} no_account {the file does not name its account (IBAN)} statement {“{element}” of the statement is missing or not valid} entry {“{element}” of entry {entry} (line {line}) is missing or not valid} columns {there are no columns with a date and an amount. Name them in the payment settings} quotes {line {line} has quotation marks that are not closed or out of place} row {“{element}” in line {line} is not valid} other {it cannot be read as a statement}}.',
    'refusal.statement_of_other_account':
      'Nothing was saved: {iban} is not an account of your organisation. Add your accounts in the payment settings.',
    'refusal.movement_matched': 'This entry is matched to a payment already.',
    'refusal.movement_not_matched':
      'There is nothing to do for this entry: it is not matched, or nothing is proposed for it.',
    'refusal.payment_in_use': 'Take back the refund first: a part of this payment was given back already.',
    'refusal.proposal_not_open': 'This can no longer be done with this list of payments: its status has changed.',
    'refusal.proposal_changed':
      '{amount} EUR of {document} can no longer be paid. Take it off the list or make a new list.',
    'refusal.nothing_to_pay': 'Nothing that has to be paid is chosen in this list.',
    'refusal.creditor_without_account':
      '{name} has no bank account here, so it cannot be paid. Take its invoices off or ask it to add one.',
    'refusal.debtor_account_unknown': 'This is not an account of your organisation.',
    'refusal.approval_by_second_person':
      'The list is above {limit} EUR, so somebody other than the one who made it approves it.',
    'refusal.bank_account_taken': 'This account was added already.',
    'refusal.einvoice_refused': 'The e-invoice cannot be received.',
    'refusal.received_differs':
      'This supplier has already sent a document numbered {number} of {date} with other content. Ask for a new number.',
    'refusal.received_has_faults': 'The document has faults ({count}) and cannot be accepted. Dispute or reject it.',
    'refusal.received_not_open': 'The document {number} was answered already; this answer cannot be given now.',
    'refusal.einvoice_party_unknown':
      'There is no e-invoice of {number}: on the day it was issued neither the registration number nor the VAT number of {party} was known. An administrator enters them under Organisations; all later documents will then have an e-invoice.',
    'refusal.agreement_not_open':
      'This agreement can no longer be changed or signed: both sides have signed it, or the draft was withdrawn.',
    'refusal.agreement_not_in_force': 'This agreement is not signed by both sides, so there is nothing to end.',
    'refusal.agreement_signed_already': 'Your side has signed this agreement already.',
    'refusal.agreement_end_past': 'An agreement can end today ({date}) or later.',
    'refusal.agreement_end_too_late': 'The agreement was made until {date} only. To go on, draft a new one.',
    'refusal.agreements_overlap':
      'These two municipalities have another agreement in force in this period. End that one first, or change the dates.',
    'validation.two_parties': 'An agreement needs two different parties',
    'validation.own_party': 'One of the parties must be your municipality',
    'validation.parties_stay': 'The parties of an agreement stay. Draft a new one instead',
    'refusal.netting_not_agreed':
      'Netting was not agreed on: it needs an agreement in force that allows it, or taking part in the region’s netting circle.',
    'refusal.nothing_to_net': 'There are no mutual debts to set off now: as much money would be moved as without it.',
    'refusal.netting_item_held':
      'One of these invoices is in another netting proposal right now. Wait until that one is answered.',
    'refusal.not_late': 'Nothing of this payer is late now.',
    'refusal.no_interest': 'There is no interest of this invoice until this day, or it was claimed already.',
    'refusal.nothing_to_claim': 'Up to this month there is nothing for this funder that is not in a claim yet.',
    'refusal.claim_not_open': 'This step is no longer possible: the claim has moved on.',
    'refusal.netting_not_open': 'This netting proposal can no longer be answered.',
    'refusal.netting_not_settled': 'This netting is not in force, so there is nothing to take back or to pay.',
    'refusal.netting_transfer_paid':
      'A transfer of this netting has been paid. That payment has to be taken back first.',
    'refusal.balance_confirmation_exists':
      'These two municipalities have a balance confirmation for this date already: {number}.',
    'refusal.balance_confirmation_answered': 'This balance confirmation has been answered already.',
    'refusal.balance_confirmation_not_answered': 'There are no differences in this confirmation to settle.',
    'validation.too_many_digits': 'The number is too large: at most {maximum} digits before the point',
    'validation.id': 'This is not a valid identifier',
    'validation.decimal_as_text': 'A decimal is written as text in quotes, for example "12.50"',
    'validation.cursor': 'This is not a valid page cursor',
    'validation.characters': 'The text has characters that are not allowed',
    'validation.unknown_field': 'There is no such field',
    'validation.not_known': 'There is no such record',
    'validation.instant': 'This is not a valid date and time',
    'validation.days_ahead': 'At most {days} days ahead',
    'validation.days_in_order': 'This date cannot come before the one above it',
  },
)
