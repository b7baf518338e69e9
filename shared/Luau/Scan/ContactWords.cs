using System.Collections.Frozen;

namespace ToolboxAI.Shared.Luau.Scan;

/// <summary>
/// The words of contact and of places outside, by subject and language, in small letters and without accents. A star stands for any
/// ending. In languages that put no blanks between words, the words are looked for wherever they stand.
/// </summary>
internal static class ContactWords
{
    /// <summary>The longest word of a language without blanks.</summary>
    public const int LongestUnspaced = 6;

    private const int StemKey = 3;

    private static readonly (Sense Sense, string Words)[] Subjects =
    [
        // Places outside where people write to each other, by names that mean nothing else.
        (Sense.App, """
            la: discord* dizzcord dizcord diskord* discor dicord dscord dscrd disqord dizzy snapchat* snapch snpchat instagram* insta instas instagr instragram finsta whatsapp* watsapp whatsap wattsapp whatapp wsp wpp wapp guasap* wasap* watsap* zapzap telegram telegramm telegramu telegramie telegramda skype* kik facebook* fbook messenger* wechat* weixin viber kakao* zalo bereal facetime yubo omegle wizz guilded imessage vkontakte icloud socials
            ru: дискорд* телег* вацап* ватсап* вотсап* инст инсту инсте инста инстаграм* вконтакт* вайбер* скайп* снапчат* мессенджер* тг вк дс
            ja: ディスコード ディスコ インスタ ライン カカオ スナチャ フェイスブック テレグラム
            ko: 디스코드 디코 인스타 카톡 카카오톡 페이스북 텔레그램 스냅챗 페메
            zh: 微信 加v 威信 薇信 扣扣 qq号 qq 钉钉 小红书 电报
            ar: سناب* انستا* انستقرام واتس* ديسكورد تيليجرام تليجرام فيسبوك
            th hi: ไลน์ ไอจี เฟส ดิสคอร์ด डिस्कॉर्ड व्हाट्सएप इंस्टा
            """),
        // Short names of such places that mean something else too.
        (Sense.Nick, """
            la: snap snaps snapa snapie disc disk dc dcord cord ig gram tele tg sc wa line signal zoom fb zap vk steam tt tiktok tiktoks
            """),
        // Places outside that people watch, search or buy in.
        (Sense.Channel, """
            la: youtube* utube yutube yt tiktok* twitch* twitter reddit patreon* google* spotify github mediafire gofundme kofi onlyfans fiverr etsy ebay soundcloud pinterest
            ru: ютуб* тикток* твич* гугл* рутуб*
            ja: ユーチューブ ティックトック グーグル
            ko: 유튜브 틱톡 트위치 구글 네이버
            zh: b站 抖音 快手 油管 优酷 百度
            ar: يوتيوب تويتش جوجل
            th hi: ยูทูป ยูทูบ ติ๊กต็อก यूट्यूब
            """),
        // A telephone and its number.
        (Sense.Phone, """
            en: phone phones fone fones cell celly cellphone mobile telephone
            la: telefon* handy handynummer* mobilnummer* rufnummer* telefoonnummer* phonenumber celular* movil portable cellulare cep komork* sdt thoai hp telephone tel tlf
            ru el: телефон* мобил* τηλεφων*
            ja: 電話 携帯
            ko: 전화 폰번호 폰번 휴대폰
            zh: 电话 電話 手机
            ar: هاتف* جوال* موبايل* تلفون*
            th hi: เบอร์ โทรศัพท์ फोन
            """),
        // A number that may be a telephone's.
        (Sense.Number, """
            la: nr phonenumber handynummer* telefonnummer* mobilnummer* rufnummer* telefoonnummer* telefonszam* number numbr digits numero* nummer* nomer nomor numer* numar* cislo thoai sdt
            ru el: номер* τηλεφων*
            ja zh ko th: 番号 号码 번호 เบอร์
            ar hi: رقم* नंबर
            """),
        // Electronic mail.
        (Sense.Mail, """
            la: email emails mail gmail mails correo* courriel* mailadresse emailadresse* eposta
            ru: почт* имейл* мейл*
            ja ko zh: メール メアド 메일 이메일 邮箱
            ar th hi: بريدك ايميلك อีเมล ईमेल
            """),
        // Where somebody lives or learns, how old or what called somebody is.
        (Sense.Fact, """
            en: age address addy street school city town bday birthday surname
            es pt it: direccion escuela colegio edad apellido endereco escola idade sobrenome indirizzo scuola cognome eta
            de nl fr: adresse schule alter geburtstag nachname adres leeftijd achternaam ecole
            pl tr id: szkola szkole wiek adresu nazwisko adresin* okul* yasin soyad* sekolah umur alamat rumahmu
            ru: адрес возраст фамили* школ*
            ja ko zh: 住所 学校 本名 주소 학교 나이 地址 年龄 生日 真名 几岁
            ar: عنوانك مدرستك عمرك
            """),
        // A picture of somebody, or a camera.
        (Sense.Photo, """
            en: pic pics pix photo photos selfie selfies nudes webcam
            la: foto fotos fotka fotke fotki zdjecie fotograf*
            ru: фото фотк* селфи
            ja ko zh: 写真 自撮り 사진 셀카 照片 自拍
            ar th: صور* รูป
            """),
        // To send, tell, type or want something.
        (Sense.Ask, """
            en: give giv send sen tell type drop share leave put need want post comment reply enter submit provide apply fill spill pass fill
            me: lmk gimme
            es: dame damelo mandame manda envia enviame pasame pasa escribe dime deja dejame pon ponme comparte
            pt: passa passe mande diga escreve escreva deixa deixe envie fala
            de: gib schick schicke schickt sag sagt nenn nenne schreib schreibe schreibt verrat
            fr: donne donnez envoie envoies ecris laisse partage
            it nl: dammi mandami scrivi dimmi lascia passami inviami geef stuur zeg schrijf vertel
            pl: daj dajcie podaj podajcie wyslij wyslijcie napisz powiedz zostaw
            ru uk: дай дайте кинь скинь напиши напишите скажи скажите пришли оставь отправь
            tr: ver versene versin yaz yazin yazsana gonder gondersene soyle birak
            id fil vi: kirim kirimkan kasih bagi tulis minta sebutkan bigay ibigay sabihin pahingi gui nhan xin
            ja: 教え 送っ 送れ 送ろ ちょうだい 書い 交換
            ko: 알려 보내 주세요 줘 적어
            zh: 告诉 发给 發給 发我 发张 发个 给我 給我 写下 留下 留个 交换
            ar: ارسل* اكتب* اعطني اعطيني عطني ابي ابغى ابعث* قل
            th hi: ขอ ส่ง บอก बताओ भेजो
            """),
        // To add, write to, call or follow somebody.
        (Sense.Write, """
            en: add adds adding dm dms pm msg message text txt call inbox friend find reach contact hit write ring befriend follow slide vc chat talk facetime skype
            me: hmu
            es: agregame agrega anadame anademe anade sigueme siganme hablame escribeme llamame contactame buscame
            pt: adiciona adicione chama chame segue liga ligue fale procura
            de: adde addet fug fuge schreib schreibt ruf meld melde kontaktier
            fr: ajoute ajoutez rajoute ecris ecrivez appelle contacte parle
            it nl: aggiungi aggiungimi scrivimi chiamami contattami seguimi cercami voeg volg
            pl: dodaj dodajcie napisz zadzwon odezwij pisz znajdz
            ru uk: добав* додай пиши пишите напиши* звони звоните стучи* ищи
            tr: ekle ekleyin eklesene yaz yazin yazacagim yazarim ara arayin takip ulas
            id fil vi: tambah tambahkan hubungi kontak iadd itext ket goi ib
            sv da ro: lagg legg tilfoj adauga*
            ja: 追加 フォロー 連絡 話そ 話し
            ko: 추가 친추 연락 디엠 팔로우 톡해
            zh: 加我 加好友 联系 聯繫 私聊 私信
            ar th hi: اضف* ضيف* راسل* تواصل* اتصل* كلم* เพิ่ม แอด ทัก जोड़ो ऐड
            """),
        // Who speaks.
        (Sense.Me, """
            en: me us my mine im i we lets ill
            es pt it: mi mio conmigo nosotros yo meu minha comigo nosso me mia noi
            de nl: mir mich mein meine uns mij mijn
            fr: moi mon mes nous
            pl cs: mnie moj moja moje mi me
            ru uk: мне мой моя моё мое меня моему нам
            tr id: bana benim beni bize aku saya gw gue ku
            fil vi: ako akin namin amin minh em anh
            ja ko zh: 私 俺 僕 うち 나한테 저한테 우리 我 我的
            ar sv: لي معي لنا انا mig mej jeg
            """),
        // Who is spoken to, as the one to whom something belongs.
        (Sense.Your, """
            en: your ur yr yo ya u you yours urself yourself
            es pt it: tu tus tuya tuyo teu tua seu sua voce tuo vostro
            de nl: dein deine deinen deiner deinem ihr euer eure du dir dich jouw je jullie
            fr: ton ta tes votre vos toi
            pl cs: twoj twoja twoje twojego swoj swoje swoja swojego tvuj tvoje
            ru uk: твой твоя твое твои твою тебя тебе ваш ваша ваше свой свою свое твій твоє
            tr: senin sen numaran numarani telefonun adresin adresini fotografini
            id fil vi: kamu kau lu lo anda mu mo iyong iyo ka ban
            ja ko zh: あなた 君の お前 너 네 니 당신 你 妳 您
            ar: هاتفك رقمك عمرك صورتك اسمك عنوانك حسابك جوالك
            th hi el sv hu ro: คุณ เธอ आपका तुम्हारा σου ditt din dit tau telefonszamod
            """),
        // What, which, or whether one has something.
        (Sense.What, """
            en: what whats wats wts which who have has got gotta any
            es pt it: cual que tienes tenes como qual quais tem quale hai
            de nl fr: wie welche welcher hast habt lautet wat welk heb heeft quel quelle quels as quoi est
            pl cs: jaki jaka jakie masz macie jak jake jaky
            ru uk el: какой какая какие есть який яка ποιο
            tr id fil vi: ne nedir var hangi apa berapa punya ano anong may gi co khong
            ja ko zh: 何 なに どこ ある 뭐 있어 있니 무슨 什么 多少 哪 有 吗
            ar hi sv ro hu: ما كم هل عندك क्या vad hva care mi
            """),
        // To join, subscribe, watch, visit or search.
        (Sense.Join, """
            en: join joins joining subscribe subscribed sub subs watch visit follow search find check see scan buy download stream streaming live browse come comes support codes code
            es pt: suscrib* unete unanse visita visiten busca sigue siguenos mira entra entren inscreva* inscrev* entre entrem siga assista procure pesquise
            de nl: abonnier* komm kommt tritt besuch* sucht folg folgt schau schaut abonneer kom bekijk bezoek zoek volg
            fr it: abonne* rejoin* rejoign* visite cherche suis suivez regarde venez iscriv* unisciti unitevi guarda seguici cerca entra
            pl ru: subskryb* zasubskryb* dolacz* wejdz* odwiedz* szukaj obserwuj* подпи* заход* вступ* присоед* ищи смотр* зайди*
            tr id: abone katil* gelin ziyaret izle takip gabung* langganan berlangganan ikuti kunjungi cari tonton
            fil vi: sumali sumama sundan panoorin bisitahin dang tham theo xem
            other: pievienojies liity ga pridej alatura* csatlakoz*
            ja ko zh: 登録 参加 フォロー 検索 見て 来て 入って 구독 참여 가입 검색 들어와 들어오 팔로우 订阅 訂閱 关注 關注 加入 搜索 进群
            ar th: اشترك* انضم* تابع* ابحث* شاهد* ติดตาม เข้าร่วม
            """),
        // A server, channel, group or invitation there.
        (Sense.Place, """
            en: server servers channel channels invite link page bio profile website site merch
            la: servidor canal enlace grupo convite kanal gruppe einladung chaine serveur lien groupe canale gruppo sunucu* kanal* serwer* grup saluran kenh
            ru: сервер* канал* групп* ссылк*
            ja ko zh ar: サーバー チャンネル リンク 서버 채널 링크 频道 頻道 服务器 群 链接 سيرفر قناة قناتنا رابط
            """),
        // Not.
        (Sense.Not, """
            en: never dont not no nobody noone cannot cant wont wouldnt shouldnt isnt arent without stop avoid ever neither nor unless
            es pt it: nunca jamas nadie tampoco nao jamais ninguem mai nessuno non
            de nl fr: nie niemals niemand niemandem nicht kein keine keinem keinen nooit niet geen pas aucun personne
            pl cs: nigdy nikomu nikogo nie nikdy
            ru uk: не нельзя никогда никому нет ні
            tr: asla sakin kimseye verme vermeyin paylasma* soyleme* ekleme yazma yazmayin gonderme* katilma
            id fil vi sv: jangan tidak bukan tak nggak gak huwag hindi dung khong inte aldrig ikke aldri nu
            ja: ないで ません だめ ダメ 禁止 なら
            ko: 마세요 지마 지 않 안돼 금지 말
            zh: 不要 别 切勿 请勿 勿 不能 不会 不可
            ar th hi: لا لن ابدا อย่า ห้าม मत नहीं
            """),
        // After or before which "not" is no warning: don't be shy.
        (Sense.Calm, """
            la: be shy worry forget miss hesitate wait only just scared afraid cap joke kidding scam scammer fake lie why problem olvides preocupes dudes miedo esqueca preocupe oublie hesite vergiss angst sorge zapomnij unutma korkma lupa malu
            ru ja ko zh: забудь бойся стесняйся 忘れ 遠慮 잊지 걱정 忘记 担心 忘
            """),
        // What warnings and rules speak of.
        (Sense.Warning, """
            en: report reports reported reporting stranger strangers safety unsafe bannable banned bans forbidden prohibited allowed advertising advertise rule rules warning beware
            es pt it: desconocid* extranos reporta* denunci* prohibid* seguridad estranhos proibid* sconosciut* vietato segnala
            de nl fr: fremde* verboten sicherheit melden inconnu* interdit* signale vreemd* verboden
            pl ru tr id: obcy* nieznajom* zglos* zabron* незнаком* запрещ* пожал* жалоб* чуж* yabanci* yasak* sikayet* dilarang laporkan asing
            fil vi: estranghero bawal isumbong
            ja ko zh ar: 知らない人 通報 모르는 낯선 신고 陌生人 举报 غرباء ممنوع
            """),
        // A name or mark by which somebody is found.
        (Sense.Handle, """
            la: user username usernames handle nick nickname tag id usuario pseudo nutzername ник никнейм
            ja ko zh: アイディー アイデ 아이디 닉 账号 帐号 号
            """),
        // Digits in words.
        (Sense.Digits, """
            en: zero oh one two three four five six seven eight nine
            """),
        // Before the short name of a place; between what a form asks for; what asks politely.
        (Sense.Preposition, """
            all: on via over through my ur your auf bei en sur su op na no w by the ma mon mein mi meu mio di lewat new install download get por par per pe pa sa
            """),
        (Sense.Filler, """
            en: or and mum mums mums mom moms moms dad dads dads parent parents parents real full first last name home of a an the nr no own e g
            """),
        (Sense.Please, """
            en: pls plz plss please bitte stp svp favor porfa porfavor dong lutfen
            """),
        // What one likes.
        (Sense.Taste, """
            la: favo* lucky suerte preferi* lieblings* ulubion* secret magic
            ru ja ko zh: любим* 好き 좋아하 喜欢 幸运
            """),
    ];

    private static readonly FrozenDictionary<string, Sense>.AlternateLookup<ReadOnlySpan<char>> Whole = Entries().Where(entry => !entry.Word.EndsWith('*'))
        .GroupBy(entry => entry.Word, StringComparer.Ordinal).ToFrozenDictionary(group => group.Key, Union, StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();

    private static readonly FrozenDictionary<string, (string Stem, Sense Sense)[]>.AlternateLookup<ReadOnlySpan<char>> Stems = Entries().Where(entry => entry.Word.EndsWith('*'))
        .Select(entry => (Stem: entry.Word[..^1], entry.Sense)).GroupBy(entry => entry.Stem[..StemKey], StringComparer.Ordinal).ToFrozenDictionary(group => group.Key, group => group.ToArray(), StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();

    private static readonly WordBeginnings Beginnings = new(
        Entries().Where(entry => !entry.Word.EndsWith('*')).Select(entry => entry.Word), Entries().Where(entry => entry.Word.EndsWith('*')).Select(entry => entry.Word[..^1]));

    /// <summary>The words that may mean one of some things; of stems, the stem.</summary>
    public static IEnumerable<string> Having(Sense some) => Entries().Where(entry => (entry.Sense & some) != Sense.None).Select(entry => entry.Word.TrimEnd('*'));

    /// <summary>What a word may mean.</summary>
    /// <param name="word">In small letters, without accents.</param>
    public static Sense Of(ReadOnlySpan<char> word)
    {
        if (!Beginnings.MayHave(word))
        {
            return Sense.None;
        }

        var sense = Whole.TryGetValue(word, out var whole) ? whole : Sense.None;
        if (word.Length >= StemKey && Stems.TryGetValue(word[..StemKey], out var stems))
        {
            foreach (var (stem, meant) in stems)
            {
                sense |= word.StartsWith(stem, StringComparison.Ordinal) ? meant : Sense.None;
            }
        }

        return sense;
    }

    /// <summary>The longest word that a text without blanks begins with; nothing when it is none.</summary>
    public static (int Length, Sense Sense) At(ReadOnlySpan<char> text)
    {
        for (var length = Math.Min(LongestUnspaced, text.Length); length > 0; length--)
        {
            if (Of(text[..length]) is var sense and not Sense.None)
            {
                return (length, sense);
            }
        }

        return default;
    }

    private static Sense Union(IEnumerable<(string Word, Sense Sense)> entries) => entries.Aggregate(Sense.None, (all, entry) => all | entry.Sense);

    private static IEnumerable<(string Word, Sense Sense)> Entries()
    {
        foreach (var (sense, lines) in Subjects)
        {
            foreach (var line in lines.Split('\n'))
            {
                // English verbs name who is written to; others have the word in them, or leave it out.
                var meant = sense is Sense.Ask or Sense.Write && !line.Contains("en:", StringComparison.Ordinal) ? sense | Sense.Me : sense;
                foreach (var word in line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
                {
                    yield return (word, meant);
                }
            }
        }
    }
}
