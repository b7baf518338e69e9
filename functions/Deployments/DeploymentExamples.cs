namespace ToolboxAI.Functions.Deployments;

/// <summary>Answers as the API's description shows them.</summary>
internal static class DeploymentExamples
{
    public const string Upload =
        """{"sha256":"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08","complete":false,"chunks":[0,2],"chunkBytes":4194304}""";

    public const string Uploaded =
        """{"sha256":"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08","complete":true,"chunks":[],"chunkBytes":4194304}""";

    public const string Plan = """
        {
          "planHash": "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae",
          "experience": "treasure-hunt", "environment": "production", "version": "1.4.0",
          "changes": [
            {"kind":"place","name":"lobby","action":"update","undo":"the earlier file is published again"},
            {"kind":"asset","name":"theme","action":"create","undo":"the earlier place names the earlier asset; the new one stays unused"},
            {"kind":"config","name":"production","action":"unchanged","undo":"the earlier configuration is written again"}
          ],
          "cannotBeUndone": ["Up to 10 Robux for uploads are spent."],
          "byHand": ["Choose the uploaded icon in the Creator Dashboard."],
          "cost": {"robux":10,"uploads":{"Audio":1},"quotas":[{"assetType":"AUDIO","usage":3,"capacity":100,"resetsAt":"2026-04-01T00:00:00Z"}]},
          "capabilitiesWidened": ["http"],
          "findings": [{"file":"lobby","script":"Workspace.Main","rule":"http-service","severity":"warning","line":12,"message":"Calls an address outside Roblox."}],
          "restart": [{"placeId":3021,"players":60,"servers":3}],
          "blocked": [], "appliesUntil": "2026-03-02T12:00:00Z"
        }
        """;

    public const string Started = """
        {
          "id": "dep_01kg9mfms6qngac4ke8ygn3ejj", "kind": "deploy", "experience": "treasure-hunt", "environment": "production", "version": "1.4.0", "from": "1.3.0",
          "status": "running", "stage": "validate", "productionMoves": false, "reason": null, "startedBy": "key_development_demo", "approvedBy": null,
          "startedAt": "2026-03-01T12:00:00Z", "attempt": 1, "waitsUntil": null, "pausedUntil": null, "awaitingDecision": [], "orphans": [], "health": {},
          "timeline": [{"at":"2026-03-01T12:00:00Z","stage":"validate","message":"Started."}]
        }
        """;

    public const string Rollback = """
        {
          "id": "dep_01kg9n0c1w6y0v2w8x3q4r5s6t", "kind": "rollback", "experience": "treasure-hunt", "environment": "production", "version": "1.3.0", "from": null,
          "status": "rollingBack", "stage": "begin", "productionMoves": false, "reason": null, "startedBy": "key_development_demo", "approvedBy": null,
          "startedAt": "2026-03-01T13:00:00Z", "attempt": 1, "waitsUntil": null, "pausedUntil": null, "awaitingDecision": [], "orphans": [], "health": {},
          "timeline": [{"at":"2026-03-01T13:00:00Z","stage":"begin","message":"Rollback started."}]
        }
        """;

    public const string Live = """
        {
          "id": "dep_01kg9mfms6qngac4ke8ygn3ejj", "kind": "deploy", "experience": "treasure-hunt", "environment": "production", "version": "1.4.0", "from": "1.3.0",
          "status": "succeeded", "stage": "done", "productionMoves": false, "reason": null, "startedBy": "key_development_demo", "approvedBy": "key_development_approver",
          "startedAt": "2026-03-01T12:00:00Z", "attempt": 1, "waitsUntil": null, "pausedUntil": null, "awaitingDecision": [],
          "orphans": [{"what":"version 17 of lobby","at":"2026-03-01T12:09:30Z"}],
          "health": {"lobby":{"servers":3,"players":58,"errorsPerServerMinute":0.5}},
          "timeline": [
            {"at":"2026-03-01T12:00:00Z","stage":"validate","message":"Started."},
            {"at":"2026-03-01T12:09:40Z","stage":"publish","message":"Published lobby as version 18."},
            {"at":"2026-03-01T12:20:10Z","stage":"complete","message":"Version 1.4.0 is complete."}
          ]
        }
        """;

    public const string Page = $$"""{"items":[{{Live}}],"nextCursor":null}""";

    public const string Experience = """
        {
          "experience": "treasure-hunt", "environment": "production", "version": "1.4.0", "movingTo": null, "deployment": null,
          "versions": [{
            "version": "1.4.0", "deploymentId": "dep_01kg9mfms6qngac4ke8ygn3ejj", "completedAt": "2026-03-01T12:20:10Z",
            "provenance": {"createdBy":"key_development_demo","commit":"4f2a91c","tools":{"toolbox":"1.0.0"}},
            "bundleSha256": "fcde2b2edba56bf408601fb721fe9b5c338d10ee429ea04fae5511b68fbf8fb9",
            "artefacts": {"place/lobby":"1.2.1","asset/theme":"1.0.0"}
          }]
        }
        """;

    public const string Events = """
        id: 7
        event: deployment
        data: {"id":"dep_01kg9mfms6qngac4ke8ygn3ejj","status":"awaitingApproval"}
        """;

    public const string Schema = """{"$schema":"https://json-schema.org/draft/2020-12/schema","title":"toolbox.yml","type":"object"}""";
}
