using System.Buffers;

namespace ToolboxAI.Shared.Luau.Scan;

/// <summary>Phrases that ask for contact, or lead outside, by themselves: by language, in small letters and without accents.</summary>
internal static class ContactPhrases
{
    // How old, where from, which school, whether alone, where to meet.
    private const string Questions = """
        en: how old are u|how old r u|a s l|where is ur house|where s ur house|which town are you in|what town are you|what city are you|what city do you live|which city do you live|what street do you|your parents are out|your parents are away|your parents are not home|your parents arent home|your parents asleep|ur parents are out|turn on your webcam|turn on your camera so|turn on ur cam|show me your face|show us your face|show your face on|on cam with me|meet irl|meet in real life|meet in person|meet you in person|meet after school|park after school|i can come over|come to my house|come to my place|outside of roblox so we can|your real world address|your webcam|ur webcam|webcam on|video call|street and house number|your socials|ur socials|your social media|your @|ur @|your @s|ur @s|my @ is|ghost app|app with the ghost|your address please|your address pls|ur address pls|your number please|your number pls|ur number pls|your phone pls|your email please|your email pls|your e mail please|friends outside of roblox|friends in real life|friends irl|which city r u|which city are you|what city r u|me their number|me their phone|me their snap|me their discord
        es: cuantos anos tienes|que edad tienes|donde vives|en que escuela|a que escuela|en que colegio|a que colegio|estas solo en casa|estas sola en casa|vernos en persona|nos vemos en persona|donde queda tu casa
        pt: seu zap|teu zap|meu zap|quantos anos voce|quantos anos vc|quantos anos tu|qual a sua idade|qual sua idade|onde voce mora|onde vc mora|onde tu mora|em que escola|qual escola voce|esta sozinho em casa|esta sozinha em casa|nos encontrar pessoalmente
        de: wie alt bist|wo wohnst|wo wohnt ihr|auf welche schule|in welche schule|auf welcher schule|bist du allein zu hause|bist du alleine zu hause|heisst du auf|treffen wir uns in echt|im echten leben treffen
        fr: quel age as|as quel age|t as quel age|ou habites|tu habites ou|t habites ou|ou est ce que tu habites|quelle ecole|tu es seul chez toi|tu es seule chez toi|se voir en vrai
        it: quanti anni hai|dove abiti|dove vivi|che scuola vai|che scuola fai|che scuola frequenti|quale scuola|sei solo a casa|sei sola a casa|vediamoci dal vivo
        nl: je 06|jouw 06|wat is je nummer|app me op|bel me op|hoe oud ben|waar woon|welke school zit|naar welke school|ben je alleen thuis|in het echt afspreken
        pl: ile masz lat|ile ty masz lat|gdzie mieszkasz|do jakiej szkoly|w jakiej szkole|jestes sam w domu|jestes sama w domu|spotkajmy sie na zywo
        cs sv no da ro hu: kolik ti je let|kde bydlis|hur gammal ar du|var bor du|hvor gammel er du|hvor bor du|cati ani ai|unde locuiesti|hany eves|hol laksz
        ru uk: сколько тебе лет|сколько лет тебе|тебе сколько лет|где ты живешь|где живешь|ты где живешь|в какой школе|в какую школу|из какого ты города|ты дома один|ты дома одна|встретимся в реале|скільки тобі років|де ти живеш
        tr: kac yasindasin|yasin kac|nerede oturuyorsun|nerde oturuyorsun|nerede yasiyorsun|hangi okul|hangi okula|evde yalniz misin|gercekte bulusalim
        id: umur berapa|berapa umur|umurmu berapa|rumah kamu di mana|rumahmu di mana|rumah kamu dimana|tinggal di mana|tinggal dimana|sekolah di mana|sekolah dimana|ketemu di dunia nyata
        fil vi: ano number mo|ano ang number mo|ano fb mo|ilang taon|saan ka nakatira|saan ka nag aaral|saan ang bahay|bao nhieu tuoi|nha ban o dau|song o dau|hoc truong nao|gap ngoai doi
        el: ποσο χρονων|που μενεις
        """;

    private const string QuestionsUnspaced = """
        ja: line交換|lineのid|lineid|lineやって|line教え|line追加|lineで|何歳|なんさい|いくつですか|どこに住|どこ住み|何年生|学校はどこ|どこの学校|リアルで会|現実で会
        ko: 몇 살|몇살|어디 살|어디살|어디에 살|어느 학교|무슨 학교|몇 학년|현실에서 만나|실제로 만나
        zh: 几岁|幾歲|多大了|住在哪|住哪|哪个学校|哪所学校|在哪上学|现实中见面|线下见面|加我微信|加我qq|加qq|qq号|微信号|加v信|加个qq|加扣扣
        ar th hi: كم عمرك|وين ساكن|اين تسكن|فين ساكن|وين تسكن|اي مدرسه|อายุเท่าไ|บ้านอยู่ไหน|कितने साल|कहाँ रहते|कहां रहते|उम्र क्या
        """;

    // The link is said to stand where only a browser goes, or is read with a camera.
    private const string Leads = """
        en: link in bio|link in my bio|link in our bio|link in the bio|link is in my bio|link in description|link in the description|link in my profile|like and subscribe|like and sub|like sub|like subscribe|my channel|our channel|latest video|newest video|my yt|our yt|our discord|dot c o m|subscribe to my channel|subscribe to our channel|subscribe to the channel|sub to my channel|qr code|the qr|discord gg|tinyurl com|bit ly|into google|on google|in google|google search|tg channel|tg group|on reddit|on youtube|on yt|on twitch|on tiktok|on twitter|r slash|on github|from github|from mediafire|on itch|on patreon|our patreon|our website|my website|our web site|our webpage|official website|yt channel
        es: enlace en la descripcion|enlace en la bio|link en la bio|link en la descripcion|suscribete a mi canal|suscribete a nuestro canal|suscribete al canal|nuestra pagina web|nuestro sitio web|mi pagina web|codigo qr
        pt: link da bio|link da minha bio|link do perfil|link na bio|link na descricao|inscreva se no canal|inscreva se no meu canal|inscreva se no nosso canal|se inscreva no canal|nosso site|nossa pagina na internet
        de: link in der bio|link in meiner bio|link in der beschreibung|abonniert meinen kanal|abonniere meinen kanal|unsere webseite|unserer webseite|unsere website|unserer website|unsere internetseite|qr code
        fr: lien en bio|lien dans la bio|lien en description|lien dans la description|abonne toi a ma chaine|abonne toi a notre chaine|abonnez vous a|notre site
        it nl: link nella bio|link in descrizione|link nella descrizione|iscriviti al canale|iscriviti al mio canale|nostro sito|link in de bio|link in de beschrijving|onze website|word lid van onze discord
        pl: link w bio|link w opisie|link w profilu|nasza strona internetowa|naszej stronie internetowej|kod qr
        ru: точка ком|точка ру|точка рф|точка орг|ссылка в описании|ссылка в профиле|ссылка в шапке|ссылка в био|наш сайт|нашем сайте|на наш канал|на мой канал|подпишись на канал|qr код
        tr id vi fil: link aciklamada|link biyografide|link bioda|kanala abone|kanalima abone|kanalimiza abone|web sitemiz|link di bio|link di deskripsi|link ada di bio|website kami|link o mo ta|link trong bio|dang ky kenh|ang link sa bio|nasa bio
        """;

    private const string LeadsUnspaced = """
        ja: 概要欄|プロフのリンク|プロフィールのリンク|チャンネル登録|qrコード
        ko: 구독과 좋아요|구독 좋아요|프로필 링크|qr코드
        zh: 简介链接|链接在简介|主页链接|扫码|掃碼|二维码|b站
        ar th: الرابط في البايو|الرابط في الوصف|ลิงก์ในไบโอ|กดติดตามช่อง
        """;

    // Who warns speaks of those who ask.
    private const string Warnings = """
        en: who may know|who should know|who can see|somebody says|someone says|a stranger|is that real|is it real|what do you do|what should you do|what would you do|wants me to|asks me|asks my|asks where|asked me|asks how|if someone|if anyone|if somebody|if a player|if a stranger|when someone|when somebody|someone asks|somebody asks|anyone asks|anyone who|someone who|players who|people who|who asks|who ask|asks for|asks you|asking for|may ask|might ask|can ask|against the rules|personal information|personal info|personal data|stay safe|be safe|keep private|tell a moderator|tell an adult|tell a teacher|trusted adult
        es pt it: si alguien|se alguem|se qualcuno|quien pida|quem pede|quem pedir|chi chiede|informacion personal|datos personales|dados pessoais|informacoes pessoais|dati personali
        de nl fr: wenn dich jemand|wenn jemand|fragt dich jemand|als iemand|si quelqu un|personliche daten|informations personnelles|persoonlijke gegevens
        pl ru tr id: jesli ktos|gdy ktos|если кто|если тебя|kto pyta|личные данные|личную информацию|dane osobowe|biri sorarsa|biri isterse|kisisel bilgi|jika ada|kalau ada|data pribadi
        """;

    private static readonly SearchValues<string> Warning = Of(Warnings, "ja ko zh: 個人情報|개인정보|개인 정보|个人信息|個人資料");

    private static readonly SearchValues<string> Asking = Of(Questions, QuestionsUnspaced);

    private static readonly SearchValues<string> Leading = Of(Leads, LeadsUnspaced);

    /// <summary>The phrases of languages with blanks between words that ask for contact.</summary>
    public static IEnumerable<string> OfQuestions => Phrases(Questions);

    /// <summary>The phrases of languages with blanks between words that lead outside.</summary>
    public static IEnumerable<string> OfLeads => Phrases(Leads);

    /// <summary>Whether a text has a phrase that asks for contact.</summary>
    /// <param name="folded">In small letters, without accents, a blank between words and at both ends.</param>
    public static bool Asks(ReadOnlySpan<char> folded) => folded.ContainsAny(Asking);

    /// <summary>Whether a text has a phrase that leads outside.</summary>
    /// <param name="folded">In small letters, without accents, a blank between words and at both ends.</param>
    public static bool Lead(ReadOnlySpan<char> folded) => folded.ContainsAny(Leading);

    /// <summary>Whether a text has a phrase of warnings.</summary>
    /// <param name="folded">In small letters, without accents, a blank between words and at both ends.</param>
    public static bool Warns(ReadOnlySpan<char> folded) => folded.ContainsAny(Warning);

    private static SearchValues<string> Of(string spaced, string unspaced) => SearchValues.Create([.. Phrases(spaced).Select(phrase => $" {phrase} "), .. Phrases(unspaced)], StringComparison.Ordinal);

    private static IEnumerable<string> Phrases(string lines) =>
        lines.Split('\n').SelectMany(line => line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Split('|', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));
}
