namespace ToolboxAI.Shared.Luau.Scan;

/// <summary>What a word may mean in a text that asks for a way to reach somebody, or leads outside.</summary>
[Flags]
internal enum Sense
{
    /// <summary>Nothing of note.</summary>
    None = 0,

    /// <summary>A place outside where people write to each other, by a name that means nothing else.</summary>
    App = 1 << 0,

    /// <summary>A short name of such a place that means something else too.</summary>
    Nick = 1 << 1,

    /// <summary>A place outside that people watch, search or buy in.</summary>
    Channel = 1 << 2,

    /// <summary>A telephone and its number.</summary>
    Phone = 1 << 3,

    /// <summary>A number that may be a telephone's.</summary>
    Number = 1 << 4,

    /// <summary>Electronic mail.</summary>
    Mail = 1 << 5,

    /// <summary>Where somebody lives or learns, how old or what called somebody is.</summary>
    Fact = 1 << 6,

    /// <summary>A picture of somebody, or a camera.</summary>
    Photo = 1 << 7,

    /// <summary>To send, tell, type or want something.</summary>
    Ask = 1 << 8,

    /// <summary>To add, write to, call or follow somebody.</summary>
    Write = 1 << 9,

    /// <summary>Who speaks.</summary>
    Me = 1 << 10,

    /// <summary>Who is spoken to, as the one to whom something belongs.</summary>
    Your = 1 << 11,

    /// <summary>What, which, or whether one has something.</summary>
    What = 1 << 12,

    /// <summary>To join, subscribe, watch, visit or search.</summary>
    Join = 1 << 13,

    /// <summary>A server, channel, group or invitation there.</summary>
    Place = 1 << 14,

    /// <summary>Not.</summary>
    Not = 1 << 15,

    /// <summary>After or before which "not" is no warning: don't be shy.</summary>
    Calm = 1 << 16,

    /// <summary>What warnings and rules speak of.</summary>
    Warning = 1 << 17,

    /// <summary>A name or mark by which somebody is found.</summary>
    Handle = 1 << 18,

    /// <summary>What one likes: a favourite number is nobody's telephone.</summary>
    Taste = 1 << 19,

    /// <summary>Digits, as telephone numbers have.</summary>
    Digits = 1 << 20,

    /// <summary>What stands before the short name of a place: on, via, my.</summary>
    Preposition = 1 << 21,

    /// <summary>What stands between the things that a form asks for: or, real, mum's.</summary>
    Filler = 1 << 22,

    /// <summary>Please.</summary>
    Please = 1 << 23,

    /// <summary>What is asked for.</summary>
    Nouns = App | Nick | Channel | Phone | Number | Mail | Fact | Photo | Digits,
}
